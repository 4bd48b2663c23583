//! What goes wrong says its type, message and line, and the page goes on working.

use ormscope_tests::webdriver::Outcome;

use crate::page::Page;
use crate::quickstart::expect;

const SYNTAX_ERROR: &str = "x = 1\nprint('before')\nif x\n    print('never')\n";

const UNSUPPORTED: &str = "print('before')\nasync def load():\n    return 1\n";

const INTEGRITY_ERROR: &str = "\
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()

class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)

engine = create_engine('sqlite://', echo=True)
Base.metadata.create_all(engine)
first = Session(engine)
first.add(User(id=1))
first.commit()
second = Session(engine)
second.add(User(id=1))
second.flush()
";

pub(crate) fn syntax_error(page: &Page) -> Outcome {
    fails_with(page, SYNTAX_ERROR, &["SyntaxError", "expected ':'", "line 3"])
}

pub(crate) fn unsupported_construct(page: &Page) -> Outcome {
    fails_with(page, UNSUPPORTED, &["Error", "async code cannot run here", "line 2"])
}

pub(crate) fn integrity_error(page: &Page) -> Outcome {
    fails_with(page, INTEGRITY_ERROR, &["IntegrityError", "UNIQUE constraint failed: users.id", "line 17"])
}

fn fails_with(page: &Page, source: &str, words: &[&str]) -> Outcome {
    page.paste(source)?;
    let ended = page.run()?;
    let echo = page.echo()?;
    for word in words {
        expect(echo.contains(word), || format!("the echo does not say {word:?}: {echo:?}"))?;
    }
    let badge =
        page.browser.script("return document.querySelector('.row-failed')?.dataset.line ?? '';", &[])?;
    let line = words.iter().find_map(|word| word.strip_prefix("line ")).unwrap_or_default();
    expect(badge == line, || format!("line {badge} is marked, not {line}"))?;
    expect(ended.contains("Error"), || format!("the line under the code says {ended:?}"))?;
    // The failed run stays for the screenshot's sake until here; now the page must go on.
    page.paste("print('still', 'here')\n")?;
    page.run()?;
    let text = page.transcript()?;
    expect(text == "still here\n", || format!("after the error a run printed {text:?}"))
}
