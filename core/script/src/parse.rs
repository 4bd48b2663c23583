//! Source text → syntax tree, with CPython's wording for the commonest errors.
//!
//! The grammar is ruff's. Its parser is recursive, so nesting is limited before
//! it runs. CPython counterpart: `Parser/`.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Mod, ModModule, PythonVersion};
use ruff_python_parser::{LexicalErrorType, Mode, ParseErrorType, ParseOptions, lexer};
use ruff_text_size::{Ranged, TextSize};

/// Nesting of brackets that is accepted.
const MAX_BRACKETS: usize = 100;
/// Nesting of blocks that is accepted.
const MAX_INDENTS: usize = 60;
/// Operators in one expression that are accepted.
const MAX_OPERATORS: usize = 600;

/// Why source text is not a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, as CPython says it.
    pub message: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// Whether CPython calls it an `IndentationError`.
    pub indentation: bool,
}

/// Parses a whole module.
pub fn parse(source: &str) -> Result<ModModule, SyntaxError> {
    check_nesting(source)?;
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY311);
    let parsed = ruff_python_parser::parse_unchecked(source, options);
    if let Some(error) = parsed.errors().first() {
        let (mut message, indentation) = wording(source, &error.error, error.location.start());
        if let Some(hint) = old_statement(source, error.location.start()) {
            message = hint;
        }
        return Err(SyntaxError { indentation, ..at(source, error.location.start(), message) });
    }
    // Newer syntax that an older Python refuses does no harm, unless it would be run.
    match parsed.into_syntax() {
        Mod::Module(module) => Ok(module),
        Mod::Expression(expression) => Err(at(source, expression.range().start(), "invalid syntax".into())),
    }
}

/// The line of a place in the source, from 1, for places asked in any order.
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of `source`.
    pub fn new(source: &str) -> Lines {
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines { starts: std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect() }
    }

    /// The line that holds the byte `offset`.
    pub fn line(&self, offset: TextSize) -> u32 {
        self.starts.partition_point(|start| *start <= offset.to_u32()) as u32
    }
}

/// An error at a place of the source.
pub(crate) fn at(source: &str, offset: TextSize, message: String) -> SyntaxError {
    let before = source.get(..offset.to_usize()).unwrap_or(source);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).map_or(0, |text| text.chars().count()) as u32 + 1;
    SyntaxError { message, line, column, indentation: false }
}

/// Refuses source whose syntax tree would be too deep for the stack.
fn check_nesting(source: &str) -> Result<(), SyntaxError> {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut brackets: Vec<usize> = Vec::new();
    let (mut operators, mut indents, mut strings) = (0_usize, 0_usize, 0_usize);
    let mut line = 1;
    let error =
        |line, message: &str| SyntaxError { message: message.into(), line, column: 1, indentation: false };
    loop {
        let token = lexer.next_token();
        match token {
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets.push(operators);
                operators += 1;
                if brackets.len() > MAX_BRACKETS {
                    return Err(error(line, "too many nested parentheses"));
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                // What a bracket held is beside what follows it; the bracket itself counts.
                if let Some(before) = brackets.pop() {
                    operators = before + 1;
                }
            }
            TokenKind::FStringStart => {
                strings += 1;
                if strings > MAX_BRACKETS / 4 {
                    return Err(error(line, "f-string: expressions nested too deeply"));
                }
            }
            TokenKind::FStringEnd => strings = strings.saturating_sub(1),
            TokenKind::Indent => {
                indents += 1;
                if indents > MAX_INDENTS {
                    let error = error(line, "too many levels of indentation");
                    return Err(SyntaxError { indentation: true, ..error });
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Comma | TokenKind::Semi => operators = brackets.last().map_or(0, |before| before + 1),
            TokenKind::NonLogicalNewline => line += 1,
            TokenKind::Newline => {
                line += 1;
                operators = 0;
                brackets.clear();
                strings = 0;
            }
            TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::DoubleStar
            | TokenKind::Percent
            | TokenKind::At
            | TokenKind::Amper
            | TokenKind::Vbar
            | TokenKind::CircumFlex
            | TokenKind::Tilde
            | TokenKind::LeftShift
            | TokenKind::RightShift
            | TokenKind::Dot
            | TokenKind::Not
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::If
            | TokenKind::Else
            | TokenKind::Lambda
            | TokenKind::Colon
            | TokenKind::ColonEqual
            | TokenKind::Await
            | TokenKind::Yield => {
                operators += 1;
                if operators > MAX_OPERATORS {
                    return Err(error(line, "too many operators in one expression: split it up"));
                }
            }
            _ => {}
        }
    }
}

/// What CPython says about a line that begins as a statement of Python 2.
fn old_statement(source: &str, start: TextSize) -> Option<String> {
    let before = source.get(..start.to_usize())?;
    let line = source.get(before.rfind('\n').map_or(0, |at| at + 1)..)?.lines().next()?.trim();
    let name = ["print", "exec"].into_iter().find(|name| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '"', '\'']) && !rest.trim().starts_with(['(', '=']))
    })?;
    Some(format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"))
}

/// The line of the statement whose block is missing at `start`: the nearest one
/// above that opens a block.
fn block_header(source: &str, start: TextSize) -> Option<usize> {
    const OPENERS: &[&str] = &[
        "def", "async", "class", "if", "elif", "else", "for", "while", "with", "try", "except", "finally",
        "match", "case",
    ];
    let opens = |line: &str| {
        let word: String = line.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
        OPENERS.contains(&word.as_str())
    };
    let above = source.get(..start.to_usize())?;
    let lines: Vec<&str> = above.lines().collect();
    lines.iter().rposition(|line| opens(line)).map(|at| at + 1)
}

/// CPython's words for a parser's error, and whether it is an `IndentationError`.
fn wording(source: &str, error: &ParseErrorType, start: TextSize) -> (String, bool) {
    let plain = |text: &str| (text.to_owned(), false);
    match error {
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            ("unindent does not match any outer indentation level".into(), true)
        }
        ParseErrorType::UnexpectedIndentation => ("unexpected indent".into(), true),
        ParseErrorType::OtherError(message) if message.starts_with("Expected an indented block") => {
            let words = message.replacen("Expected", "expected", 1).replace('`', "'");
            match block_header(source, start) {
                Some(line) => (format!("{words} on line {line}"), true),
                None => (words, true),
            }
        }
        ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError) => {
            let line = at(source, start, String::new()).line;
            let rest =
                source.get(start.to_usize()..).unwrap_or("").trim_start_matches(|c: char| c.is_alphabetic());
            if rest.starts_with("\"\"\"") || rest.starts_with("'''") {
                let last = source.lines().count();
                (format!("unterminated triple-quoted string literal (detected at line {last})"), false)
            } else {
                (format!("unterminated string literal (detected at line {line})"), false)
            }
        }
        ParseErrorType::Lexical(LexicalErrorType::Eof) => plain("unexpected EOF while parsing"),
        ParseErrorType::Lexical(LexicalErrorType::LineContinuationError) => {
            plain("unexpected character after line continuation character")
        }
        ParseErrorType::ExpectedToken { expected: TokenKind::Colon, found: TokenKind::Newline } => {
            plain("expected ':'")
        }
        ParseErrorType::ExpectedToken { expected: TokenKind::Rpar, .. } => plain("'(' was never closed"),
        ParseErrorType::ExpectedToken { expected: TokenKind::Rsqb, .. } => plain("'[' was never closed"),
        ParseErrorType::ExpectedToken { expected: TokenKind::Rbrace, .. } => plain("'{' was never closed"),
        ParseErrorType::InvalidAssignmentTarget => {
            plain("cannot assign to expression here. Maybe you meant '==' instead of '='?")
        }
        ParseErrorType::PositionalAfterKeywordArgument => {
            plain("positional argument follows keyword argument")
        }
        ParseErrorType::PositionalAfterKeywordUnpacking => {
            plain("positional argument follows keyword argument unpacking")
        }
        ParseErrorType::NonDefaultParamAfterDefaultParam => {
            plain("non-default argument follows default argument")
        }
        ParseErrorType::SimpleStatementsOnSameLine
        | ParseErrorType::SimpleAndCompoundStatementOnSameLine
        | ParseErrorType::ExpectedExpression
        | ParseErrorType::ExpectedToken { .. }
        | ParseErrorType::UnexpectedExpressionToken => plain("invalid syntax"),
        ParseErrorType::UnexpectedIpythonEscapeCommand => plain("invalid syntax"),
        other => (other.to_string(), false),
    }
}
