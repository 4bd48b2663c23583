//! `cargo xtask dist`: the static site in `dist/`, ready for any web server.
//!
//! Trunk builds it; then its inline start script moves into a file, so that the page's
//! Content-Security-Policy needs no `unsafe-inline` for scripts.

use std::fs;
use std::path::Path;

use crate::{Outcome, place, process, setup};

/// What the page may load and run: its own files and wasm. Styles may be inline, since components set
/// widths and positions that way.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
                      connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/// Sets up, builds in release and finishes the page.
pub fn run() -> Outcome {
    setup::ensure(setup::BUILD)?;
    build()
}

/// Builds in release and finishes the page.
pub fn build() -> Outcome {
    let folder = place::dist();
    process::run(process::command("trunk", &["build", "--release", "--dist"]).arg(&folder))?;
    finish(&folder)
}

fn finish(folder: &Path) -> Outcome {
    let page = folder.join("index.html");
    let html =
        fs::read_to_string(&page).map_err(|error| format!("{} cannot be read: {error}.", page.display()))?;
    let finished = without_inline_scripts(&html)?;
    for (name, script) in &finished.scripts {
        let file = folder.join(name);
        fs::write(&file, script)
            .map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    }
    fs::write(&page, finished.html).map_err(|error| format!("{} cannot be written: {error}.", page.display()))
}

struct Page {
    html: String,
    /// File name and text of every script that was inline.
    scripts: Vec<(String, String)>,
}

/// Moves every inline script of a page into a file named by its content, and adds the policy.
fn without_inline_scripts(html: &str) -> Outcome<Page> {
    let mut page = Page { html: String::with_capacity(html.len()), scripts: Vec::new() };
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let (before, script) = rest.split_at(start);
        page.html.push_str(before);
        let (opening, script) =
            script.split_once('>').ok_or("index.html has a script tag without an end.")?;
        let (text, after) =
            script.split_once("</script>").ok_or("index.html has a script without an end.")?;
        rest = after;
        if text.trim().is_empty() || opening.contains(" src=") {
            page.html.push_str(&format!("{opening}>{text}</script>"));
        } else {
            let name = format!("start-{:016x}.js", hash(text));
            page.html.push_str(&format!("{opening} src=\"./{name}\"></script>"));
            page.scripts.push((name, text.to_owned()));
        }
    }
    page.html.push_str(rest);
    let (head, body) = page.html.split_once("<head>").ok_or("index.html has no head.")?;
    page.html = format!(
        "{head}<head>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\" />{body}"
    );
    Ok(page)
}

/// FNV-1a: enough to name a file by its content.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_move_into_files_and_the_policy_comes_first() {
        let html =
            "<html><head><script src=\"a.js\"></script><script type=\"module\">go()</script></head></html>";
        let page = without_inline_scripts(html).unwrap();
        let (name, text) = &page.scripts[0];
        assert_eq!(text, "go()");
        assert!(page.html.starts_with("<html><head>\n    <meta http-equiv=\"Content-Security-Policy\""));
        assert!(page.html.contains("<script src=\"a.js\"></script>"));
        assert!(page.html.contains(&format!("<script type=\"module\" src=\"./{name}\"></script>")));
        assert!(!page.html.contains("go()"));
    }
}
