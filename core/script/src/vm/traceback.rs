//! The text of tracebacks.
//!
//! CPython counterpart: `Lib/traceback.py`.

use std::rc::Rc;

use super::Vm;
use crate::builtins::exception_data;
use crate::object::{Object, Raised, TracebackEntry};

/// Links of causes and contexts that are shown.
const MAX_CHAIN: usize = 20;

impl Vm {
    /// A traceback as CPython prints it, with the lines of `source`, and with causes and contexts.
    pub fn format_traceback(&mut self, raised: &Raised, source: &str, filename: &str) -> String {
        let lines: Vec<&str> = source.lines().collect();
        let mut parts = Vec::new();
        let exception = Object::Instance(Rc::clone(&raised.exception));
        let mut link = Some((exception, raised.traceback.clone()));
        while let Some((exception, traceback)) = link.take() {
            parts.push(self.one_traceback(&exception, &traceback, &lines, filename));
            let Some(data) = exception_data(&exception) else { break };
            let data = data.borrow().clone();
            let (next, words) = match (data.cause, data.context) {
                (Some(cause), _) => {
                    (cause, "The above exception was the direct cause of the following exception:")
                }
                (None, Some(context)) if !data.suppress_context => {
                    (context, "During handling of the above exception, another exception occurred:")
                }
                _ => break,
            };
            if parts.len() >= MAX_CHAIN * 2 {
                break;
            }
            parts.push(format!("\n{words}\n\n"));
            let traceback = exception_data(&next).map(|data| data.borrow().traceback.clone());
            link = Some((next, traceback.unwrap_or_default()));
        }
        parts.reverse();
        parts.concat()
    }

    fn one_traceback(
        &mut self,
        exception: &Object,
        traceback: &[TracebackEntry],
        lines: &[&str],
        filename: &str,
    ) -> String {
        let mut text = String::new();
        if !traceback.is_empty() {
            text.push_str("Traceback (most recent call last):\n");
        }
        let mut repeated = 0;
        let mut previous: Option<&TracebackEntry> = None;
        for entry in traceback.iter().rev() {
            if previous == Some(entry) {
                repeated += 1;
                if repeated >= 3 {
                    continue;
                }
            } else {
                text.push_str(&repetition(repeated));
                repeated = 0;
            }
            previous = Some(entry);
            text.push_str(&format!(
                "  File \"{filename}\", line {}, in {}\n",
                entry.line,
                entry.function.as_str()
            ));
            if let Some(line) = (entry.line as usize).checked_sub(1).and_then(|at| lines.get(at)) {
                let line = line.trim();
                if !line.is_empty() {
                    text.push_str(&format!("    {line}\n"));
                }
            }
        }
        text.push_str(&repetition(repeated));
        text.push_str(&self.exception_line(exception, lines, filename));
        text
    }

    /// The last line of a traceback: `ValueError: message`.
    pub fn format_exception_only(&mut self, exception: &Object) -> String {
        self.exception_line(exception, &[], "<string>")
    }

    fn exception_line(&mut self, exception: &Object, lines: &[&str], filename: &str) -> String {
        let class = self.class_of(exception);
        let module = class.module.borrow();
        let qualname = class.qualname.borrow();
        let name = match module.as_str() {
            "builtins" | "__main__" => qualname.as_str().to_owned(),
            module => format!("{module}.{}", qualname.as_str()),
        };
        drop((module, qualname));
        let mut place = String::new();
        if class.is_subclass_of(&self.exceptions.syntax_error) {
            let line = exception.as_instance().and_then(|instance| instance.get("lineno"));
            if let Some(Object::Int(line)) = line {
                place = format!("  File \"{filename}\", line {line}\n");
                let source = usize::try_from(line - 1).ok().and_then(|at| lines.get(at));
                if let Some(source) = source.map(|source| source.trim()).filter(|source| !source.is_empty()) {
                    place.push_str(&format!("    {source}\n"));
                }
            }
        }
        // `str()` of a syntax error repeats the place, which stands above already.
        let shown = match place.is_empty() {
            true => self.str(exception),
            false => self.get_attr(exception, "msg").and_then(|message| self.str(&message)),
        };
        let message = match shown {
            Ok(message) => message.as_str().to_owned(),
            Err(_) => "<exception str() failed>".to_owned(),
        };
        if message.is_empty() { format!("{place}{name}\n") } else { format!("{place}{name}: {message}\n") }
    }
}

fn repetition(repeated: usize) -> String {
    if repeated < 3 {
        return String::new();
    }
    let more = repeated - 2;
    let plural = if more == 1 { "" } else { "s" };
    format!("  [Previous line repeated {more} more time{plural}]\n")
}
