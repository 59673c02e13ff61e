//! A mistake in a script: its place, what is wrong and a remedy.

use std::fmt;

use limits::SHOWN_OF_A_LINE;
use text::{harmless, shortened, width};

use crate::script::spelling::{Line, Words};

/// A mistake in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The text of the line.
    pub source: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let (before, after) = self.surroundings();
        let pad = " ".repeat(width(&before));
        let message = shortened(&harmless(&self.message), SHOWN_OF_A_LINE);
        writeln!(f, "第 {} 行第 {} 列：{message}", self.line, self.column)?;
        writeln!(f, "  {number} | {before}{after}")?;
        writeln!(f, "  {gutter} | {pad}^")?;
        write!(f, "  {gutter} = {}", self.help)
    }
}

impl ParseError {
    /// What stands before the mistake in its line, and what follows: not more than can be read.
    fn surroundings(&self) -> (String, String) {
        // a tab has no width of its own: show it as one space, in the line and below it
        let source = self.source.replace('\t', " ");
        let at = source.char_indices().nth(self.column - 1).map_or(source.len(), |(at, _)| at);
        let (before, after) = source.split_at(at);
        let backwards: String = before.chars().rev().collect();
        let before: String = shortened(&backwards, SHOWN_OF_A_LINE).chars().rev().collect();
        (harmless(&before), harmless(&shortened(after, SHOWN_OF_A_LINE)))
    }
}

impl std::error::Error for ParseError {}

impl Line<'_> {
    /// A mistake in this line, `at` so many bytes.
    pub(super) fn error(
        &self,
        at: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> ParseError {
        ParseError {
            line: self.number,
            column: self.text[..at].chars().count() + 1,
            message: message.into(),
            help: help.into(),
            source: self.text.to_owned(),
        }
    }

    /// Nothing may stand after the first `count` of its words.
    pub(super) fn nothing_after(&self, words: &Words, count: usize) -> Result<(), ParseError> {
        let extra = words.get(count);
        if extra.text.is_empty() {
            return Ok(());
        }
        let message = format!("多余的「{}」", self.rest(extra.at));
        Err(self.error(extra.at, message, "这一行到前面为止已经完整，请删去"))
    }
}
