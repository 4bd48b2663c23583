//! When to post, and when to wait: a batch is worth a message once it is old enough or
//! the work is done, and no work is worth drowning the page.
//!
//! Pure, so that it is tested natively; it knows no browser.

/// A batch younger than this waits for the next slice, in milliseconds: posting
/// every slice would make the page draw more often than anyone can see.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
const PATIENCE: f64 = 40.0;

/// Whether the events gathered so far should be posted now.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub(crate) fn should_post(more_to_do: bool, since_last_post: f64) -> bool {
    !more_to_do || since_last_post >= PATIENCE
}

/// How many batches may be on their way to the page.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
const LEAD: u32 = 3;

/// Whether the worker should wait until the page has dealt with what it got.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub(crate) fn is_too_far_ahead(batches: u32) -> bool {
    batches >= LEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_page_is_waited_for() {
        assert!(!is_too_far_ahead(LEAD - 1));
        assert!(is_too_far_ahead(LEAD));
    }

    #[test]
    fn the_end_of_the_work_posts_at_once() {
        assert!(should_post(false, 0.0));
    }

    #[test]
    fn busy_slices_are_gathered() {
        assert!(!should_post(true, PATIENCE - 1.0));
        assert!(should_post(true, PATIENCE));
    }
}
