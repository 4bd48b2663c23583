//! What depends on how many objects there are: the bytes that one takes, and a flush of one among many.

use crate::api::World;
#[cfg(not(target_arch = "wasm32"))]
use crate::api::words;
use crate::{Lap, Outcome};

/// `flush` of one changed object among so many persistent ones.
///
/// # Errors
/// What the ORM raises.
pub fn one_of_many(size: usize) -> Outcome<Vec<Lap>> {
    let mut world = World::new()?;
    let users = world.make_users(size / 2)?;
    world.flush()?;
    let held = world.orm.session(world.session).identity_map.len();
    let one = users.get(users.len() / 2).ok_or("there are no users")?;
    world.rename(one.state)?;
    let lap = Lap::of("one-of-many", || {
        world.flush()?;
        Ok(held as i64)
    })?;
    Ok(vec![lap])
}

/// The bytes that a clean persistent object of five small columns takes: by how much the process grows
/// while objects of one table are loaded, some at a time, so that what loading takes for a moment is
/// taken again and again. The sum is the number of bytes.
///
/// # Errors
/// What the ORM raises, and where the system does not tell of a process's memory.
#[cfg(not(target_arch = "wasm32"))]
pub fn bytes(size: usize) -> Outcome<Vec<Lap>> {
    use crate::small;

    const AT_ONCE: usize = 1000;
    let mut world = small::World::new(size)?;
    let mut kept = Vec::with_capacity(size);
    // What is only needed once is there before it counts.
    world.load(0, AT_ONCE, &mut kept)?;
    let before = resident()?;
    let lap = Lap::of("bytes", || {
        for from in (AT_ONCE..size).step_by(AT_ONCE) {
            world.load(from, AT_ONCE, &mut kept)?;
        }
        let grown = resident()?.saturating_sub(before);
        Ok((grown / size.saturating_sub(AT_ONCE).max(1)) as i64)
    })?;
    if kept.len() != size {
        return Err(format!("{} objects instead of {size}", kept.len()));
    }
    Ok(vec![lap])
}

/// The bytes of the process that are in memory.
#[cfg(not(target_arch = "wasm32"))]
fn resident() -> Outcome<usize> {
    let text = std::fs::read_to_string("/proc/self/status").map_err(words)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: usize = number.and_then(|number| number.parse().ok()).ok_or("there is no VmRSS")?;
    Ok(kilobytes * 1024)
}
