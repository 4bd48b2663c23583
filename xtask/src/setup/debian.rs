//! Packages of Debian and its relatives: installed where we may, else unpacked into the cache folder.

use std::sync::Once;

use crate::{Outcome, place, process};

/// Installs packages with apt: as root, through a sudo that asks for no password, or, without either, by
/// unpacking them and what they need into the cache folder.
pub(super) fn install(packages: &[&str]) -> Outcome {
    if place::find(&["apt-get"]).is_none() {
        return Err("This system has no apt-get.".to_owned());
    }
    match rights() {
        Rights::Root => install_as(&["apt-get"], packages),
        Rights::Sudo => install_as(&["sudo", "-n", "apt-get"], packages),
        Rights::None => {
            println!(
                "   not root and no sudo without a password: unpacking into {}",
                place::packages().display()
            );
            unpack(packages)
        }
    }
}

/// What to type instead.
pub(super) fn by_hand(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install {}", packages.join(" "))
}

enum Rights {
    Root,
    Sudo,
    None,
}

fn rights() -> Rights {
    if process::answer("id", &["-u"]).is_some_and(|id| id == "0") {
        Rights::Root
    } else if process::answer("sudo", &["-n", "true"]).is_some() {
        Rights::Sudo
    } else {
        Rights::None
    }
}

fn install_as(apt: &[&str], packages: &[&str]) -> Outcome {
    static UPDATED: Once = Once::new();
    let run = |words: &[&str]| {
        let mut command = process::command(apt[0], &apt[1..]);
        process::run(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    // One source that does not answer fails an update, although the lists may be good enough.
    UPDATED.call_once(|| drop(run(&["update"]).inspect_err(|reason| println!("   {reason} Going on."))));
    let words: Vec<&str> =
        ["install", "--yes", "--no-install-recommends"].iter().chain(packages).copied().collect();
    run(&words)
}

/// apt keeps its lists and downloads where we tell it to, so none of this needs rights.
fn unpack(packages: &[&str]) -> Outcome {
    let folder = place::packages();
    let state = folder.join("apt");
    for part in ["lists/partial", "archives/partial"] {
        std::fs::create_dir_all(state.join(part))
            .map_err(|error| format!("{} cannot be made: {error}.", state.join(part).display()))?;
    }
    let options = [
        format!("Dir::State::lists={}", state.join("lists").display()),
        format!("Dir::Cache={}", state.display()),
        format!("Dir::Cache::archives={}", state.join("archives").display()),
        "Debug::NoLocking=1".to_owned(),
    ];
    let apt = |words: &[&str]| {
        let mut command = process::command("apt-get", &[]);
        command.args(options.iter().flat_map(|option| ["-o", option.as_str()])).args(words);
        command
    };
    drop(process::run(&mut apt(&["update"])).inspect_err(|reason| println!("   {reason} Going on.")));
    let words: Vec<&str> = ["install", "--yes", "--no-install-recommends", "--download-only"]
        .iter()
        .chain(packages)
        .copied()
        .collect();
    process::run(&mut apt(&words))?;
    let archives =
        std::fs::read_dir(state.join("archives")).map_err(|error| format!("No packages came: {error}."))?;
    for archive in archives.flatten().map(|entry| entry.path()) {
        if archive.extension().is_some_and(|extension| extension == "deb") {
            process::run(process::command("dpkg", &["-x"]).arg(&archive).arg(&folder))?;
        }
    }
    Ok(())
}
