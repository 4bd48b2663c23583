//! The many-to-many of seed 002, each of its two spellings a run of its own.

use ormscope_tests::webdriver::Outcome;

use crate::page::{Page, recorded};
use crate::quickstart::expect;

pub(crate) fn back_populates(page: &Page) -> Outcome {
    shows_its_rows(page, "seeds/002/many_to_many_back_populates.py")
}

pub(crate) fn backref(page: &Page) -> Outcome {
    shows_its_rows(page, "seeds/002/many_to_many_backref.py")
}

fn shows_its_rows(page: &Page, name: &str) -> Outcome {
    let script = recorded(name)?;
    page.paste(&script.source)?;
    page.run()?;
    page.must_show(&script)?;
    page.until_rows("left", 2, 2)?;
    page.until_rows("right", 3, 3)?;
    page.until_rows("association", 4, 4)?;
    let mut rows = page.rows_inside("association")?;
    rows.sort();
    let links = [["1", "1"], ["1", "2"], ["2", "1"], ["2", "2"]];
    expect(rows == links, || format!("the association rows are {rows:?}"))
}
