//! Every recorded script through our own engine: its transcript must be the recorded one.
//!
//! One test per script, named by its path, so `cargo test --test conformance -- lazy` runs those with
//! `lazy` in it. A script in `conformance/accepted.txt` must still differ: when it starts to pass, its line
//! has to go.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, process};

use libtest_mimic::{Arguments, Failed, Trial};
use ormscope_tests::corpus::{self, Recorded};
use ormscope_tests::transcript::Transcript;

/// With this argument and a script's path the test prints that script's transcript, in a process of its own:
/// so each starts in an empty folder, and one that crashes takes no other along.
const ALONE: &str = "--transcript";

fn main() -> ExitCode {
    if let [option, script] = env::args().skip(1).collect::<Vec<_>>().as_slice()
        && option == ALONE
    {
        return print_transcript(script);
    }
    let mut accepted: BTreeMap<String, String> = corpus::accepted().into_iter().collect();
    let mut trials: Vec<Trial> = Vec::new();
    for script in corpus::recorded() {
        let reason = accepted.remove(&script.name);
        trials.push(Trial::test(script.name.clone(), move || judge(&script, reason.as_deref())));
    }
    // What is left of the list names no recorded script.
    let leftover: Vec<String> = accepted.into_keys().collect();
    trials.push(Trial::test("accepted_differences_name_recorded_scripts", move || {
        match leftover.as_slice() {
            [] => Ok(()),
            names => {
                Err(format!("accepted.txt names scripts that have no recording: {}", names.join(", ")).into())
            }
        }
    }));
    trials.push(Trial::test("every_script_is_recorded", || match corpus::unrecorded().as_slice() {
        [] => Ok(()),
        names => Err(format!("run `cargo xtask record` for {}", names.join(", ")).into()),
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn judge(script: &Recorded, accepted: Option<&str>) -> Result<(), Failed> {
    match (difference(script)?, accepted) {
        (None, None) | (Some(_), Some(_)) => Ok(()),
        (Some(difference), None) => Err(difference.into()),
        (None, Some(_)) => Err("passes now: take its line out of conformance/accepted.txt".into()),
    }
}

fn difference(script: &Recorded) -> Result<Option<String>, Failed> {
    let legacy = script.source.starts_with("# oracle: sa=1.4");
    let recorded =
        Transcript::parse(&script.transcript, legacy).map_err(|error| format!("recording: {error}"))?;
    let ours = Transcript::parse(&transcript(&script.name)?, legacy)
        .map_err(|error| format!("our transcript: {error}"))?;
    Ok(recorded.difference(&ours))
}

fn print_transcript(script: &str) -> ExitCode {
    match fs::read_to_string(script) {
        Ok(source) => {
            print!("{}", ormscope_host::transcript(&source));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{script}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What this program prints when it is started again for one script, in an empty folder.
fn transcript(name: &str) -> Result<String, Failed> {
    let folder = env::temp_dir().join(format!("ormscope-{}-{}", process::id(), name.replace('/', "-")));
    fs::create_dir_all(&folder)?;
    let output = Command::new(env::current_exe()?)
        .arg(ALONE)
        .arg(corpus::folder().join(name))
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output();
    fs::remove_dir_all(&folder)?;
    let output = output?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("the run crashed ({}): {}", output.status, reason.trim()).into())
    }
}
