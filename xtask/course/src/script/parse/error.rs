//! A mistake in a script: its place, what is wrong and a remedy.

use std::fmt;

use text::width;

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
        let before: String = self.source.chars().take(self.column - 1).collect();
        // a tab has no width of its own: show it as one space, in the line and below it
        let pad = " ".repeat(width(&before.replace("\t", " ")));
        writeln!(f, "第 {} 行第 {} 列：{}", self.line, self.column, self.message)?;
        writeln!(f, "  {number} | {}", self.source.replace('\t', " "))?;
        writeln!(f, "  {gutter} | {pad}^")?;
        write!(f, "  {gutter} = {}", self.help)
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
