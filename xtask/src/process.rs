//! Starting other programs: with our search path, without a terminal's input, and never silently.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::{Outcome, place};

/// A command that runs at the top of the repository and finds the tools that were installed for it.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    // Resolved here: a child's PATH does not decide where the program itself is looked for.
    let program = place::find(&[program]).unwrap_or_else(|| program.into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place::root()).stdin(Stdio::null());
    command.env("PATH", place::search_path());
    // Trunk reads NO_COLOR as a flag of its own and refuses the customary value 1.
    command.env_remove("NO_COLOR");
    if let Some(libraries) = place::library_path() {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    command
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs a command with its output on ours; fails when it fails.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    println!("$ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status}).")),
        Err(error) => Err(format!("`{shown}` could not be started: {error}.")),
    }
}

/// What a command prints, if it can be started and succeeds; for questions like `--version`.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program, arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a command prints; fails when it fails, with what it says.
pub fn output(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    let output = command.output().map_err(|error| format!("`{shown}` could not be started: {error}."))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("`{shown}` failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Runs a command, passes its output on line by line as it comes, and shows every line to `watch`.
pub fn watched(command: &mut Command, mut watch: impl FnMut(&str)) -> Outcome {
    let shown = shown(command);
    println!("$ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{shown}` could not be started: {error}."))?;
    let (sender, lines) = mpsc::channel();
    let readers: Vec<_> = [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|pipe| {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut reader = BufReader::new(pipe);
            let mut bytes = Vec::new();
            while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
                if sender.send(String::from_utf8_lossy(&bytes).trim_end().to_owned()).is_err() {
                    break;
                }
                bytes.clear();
            }
        })
    })
    .collect();
    drop(sender);
    for line in lines {
        println!("{line}");
        watch(&line);
    }
    for reader in readers {
        reader.join().map_err(|_| format!("The output of `{shown}` could not be read."))?;
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status}).")),
        Err(error) => Err(format!("`{shown}` did not end properly: {error}.")),
    }
}
