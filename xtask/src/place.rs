//! Where things lie: the repository, the cache folder for tools, and the search path over both.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The top of the repository: that of the crate that cargo runs, since clones may share one build folder.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = Path::new(env!("CARGO_MANIFEST_DIR"));
        let running = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let tops = running.iter().map(PathBuf::as_path).chain([built]).filter_map(Path::parent);
        tops.into_iter().find(|top| top.join("xtask/Cargo.toml").is_file()).unwrap_or(built).to_owned()
    });
    &ROOT
}

/// The folder for everything that is installed once and shared by all clones: `$ORMSCOPE_CACHE`, else
/// `ormscope` in the user's cache folder.
pub fn cache() -> PathBuf {
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    from("ORMSCOPE_CACHE")
        .or_else(|| from("XDG_CACHE_HOME").map(|folder| folder.join("ormscope")))
        .or_else(|| from("HOME").map(|folder| folder.join(".cache/ormscope")))
        .unwrap_or_else(|| root().join("target/cache"))
}

/// Where `cargo install` puts its tools (in its `bin`).
pub fn tools() -> PathBuf {
    cache().join("tools")
}

/// Where system packages are unpacked when they cannot be installed.
pub fn packages() -> PathBuf {
    cache().join("packages")
}

/// The build output, shared by all cargo calls.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The built site.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// `PATH`, with what was installed for this repository in front.
pub fn search_path() -> OsString {
    let ours = [root().join("node_modules/.bin"), tools().join("bin"), packages().join("usr/bin")];
    let theirs = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = ours.into_iter().chain(env::split_paths(&theirs)).collect();
    env::join_paths(all).unwrap_or(theirs)
}

/// The libraries of unpacked packages, where there are any.
pub fn library_path() -> Option<OsString> {
    let folder = packages().join("usr/lib");
    let triplets = std::fs::read_dir(&folder).ok()?.flatten().map(|entry| entry.path());
    let ours = triplets.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    let theirs = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    env::join_paths(ours.chain([folder.clone()]).chain(env::split_paths(&theirs))).ok()
}

/// The first program of these names that the search path has.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = search_path();
    names
        .iter()
        .find_map(|name| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}
