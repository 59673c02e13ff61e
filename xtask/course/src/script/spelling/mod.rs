//! How a script is spelled: the first of the two steps from its text to its meaning.
//!
//! A [`Spelling`] has every byte of the text in its place, and gives the text back. It knows the shape of a line and
//! not what it means: reading never fails. What is wrong with a line, [`parse`](super::parse()) says, which gives
//! spellings their meaning; what is to be changed in a line, `bless` changes here.
//!
//! | file | task |
//! | --- | --- |
//! | `read` | from a line's text to its shape |
//! | `show` | and back |
//! | `text` | a text with names, gaps and a counter: its tokens, and how printed text is written as such |

mod read;
mod show;
#[cfg(test)]
mod tests;
mod text;

use super::Mechanism;
use super::words::{Directive, Moment, Verb};

pub use text::{Piece, Sign, Text, Token, pieces, spell, with_counter};

/// A script as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling<'a> {
    /// The byte order mark that some editors put first, or nothing.
    pub bom: &'a str,
    /// Its lines.
    pub lines: Vec<Line<'a>>,
}

/// A line as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// All of it but the ending.
    pub text: &'a str,
    /// The same, taken apart.
    pub form: Form<'a>,
    /// `\n`, `\r\n`, or nothing at the end of the file.
    pub ending: &'a str,
}

/// The shape of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// White space only, or a comment.
    Comment(&'a str),
    /// `----`
    Divider(Word<'a>, Words<'a>),
    /// A directive with its operands, or what stands in their place.
    Directive(Directive, Word<'a>, Words<'a>),
    /// `准备 路径 = …` or `核对 路径 = …`
    File(File<'a>),
    /// A line about a terminal or a lane.
    Stage(Stage<'a>),
}

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// White space before it.
    pub space: &'a str,
    /// The word; empty where a line has no more.
    pub text: &'a str,
    /// Where `text` begins in its line, in bytes. (In an edited spelling: where it began.)
    pub at: usize,
}

/// Words up to the end of a line; the last one is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<'a>(Vec<Word<'a>>);

/// A file and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File<'a> {
    /// When it is there.
    pub moment: Moment,
    /// `准备` or `核对`.
    pub directive: Word<'a>,
    /// Where it is.
    pub path: Word<'a>,
    /// `=`
    pub equals: Word<'a>,
    /// What follows.
    pub content: Content<'a>,
}

/// What follows `=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// `「文字」`
    Quoted {
        /// `「`
        open: Word<'a>,
        /// The text.
        text: &'a str,
        /// `」`, or nothing if it is lacking.
        close: &'a str,
        /// White space at the end of the line.
        tail: &'a str,
    },
    /// Anything else.
    Words(Words<'a>),
}

/// A line about a terminal or a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage<'a> {
    /// `主` or `主/甲`; no more than a first word, it may be anything.
    pub name: Word<'a>,
    /// `进程` or `线程`, if it says so.
    pub mechanism: Option<(Mechanism, Word<'a>)>,
    /// What is said about it.
    pub act: Act<'a>,
}

/// What is said about a terminal or a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act<'a> {
    /// `$ 程序 参数 …`
    Start {
        /// `$`
        mark: Word<'a>,
        /// The program and its arguments.
        words: Vec<Argument<'a>>,
        /// White space at the end of the line.
        tail: &'a str,
    },
    /// `| 文字` or `! 文字`
    Printed(Printed<'a>),
    /// `< 文字`
    Type {
        /// `<`
        mark: Word<'a>,
        /// The space that is no part of the text, if there is one.
        gap: &'a str,
        /// Everything up to the end of the line.
        text: &'a str,
    },
    /// `不出现 | 文字`
    Forbid(Word<'a>, Printed<'a>),
    /// A verb with its operands, or what stands in their place.
    Verb(Verb, Word<'a>, Words<'a>),
    /// No verb and no mark.
    Unknown(Words<'a>),
}

/// A word of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument<'a> {
    /// `"` or `「`, or nothing, and the white space before it.
    pub open: Word<'a>,
    /// What is meant.
    pub text: Text<'a>,
    /// `"` or `」`, or nothing; nothing after a quote: it is lacking.
    pub close: &'a str,
}

/// A text that is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed<'a> {
    /// `|` or `!`.
    pub mark: Word<'a>,
    /// What stands before a second bar: `5..6 次`.
    pub count: Option<&'a str>,
    /// The space that is no part of the text, if there is one.
    pub gap: &'a str,
    /// The text.
    pub text: Text<'a>,
    /// White space at the end of the line.
    pub tail: &'a str,
}

impl<'a> Line<'a> {
    /// From a place (in bytes) to the end of the line, white space at the end left out.
    pub fn rest(&self, at: usize) -> &'a str {
        self.text[at..].trim_end()
    }

    /// The line of standard output or standard error that it is.
    pub fn printed(&self) -> Option<(&Stage<'a>, &Printed<'a>)> {
        match &self.form {
            Form::Stage(stage) => stage.printed().map(|printed| (stage, printed)),
            _ => None,
        }
    }
}

impl<'a> Word<'a> {
    /// A word of a line that is written anew.
    pub fn new(space: &'a str, text: &'a str) -> Word<'a> {
        Word { space, text, at: 0 }
    }

    /// Where it ends in its line, in bytes.
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

impl<'a> Words<'a> {
    /// The word of this index; the empty one at the end of the line, if there are not so many.
    pub fn get(&self, index: usize) -> Word<'a> {
        self.0.get(index).copied().unwrap_or(self.end())
    }

    /// The empty word at the end of the line.
    pub fn end(&self) -> Word<'a> {
        self.0.last().copied().unwrap_or(Word::new("", ""))
    }

    /// All but the empty one.
    pub fn iter(&self) -> impl Iterator<Item = Word<'a>> {
        self.0.iter().copied().filter(|word| !word.text.is_empty())
    }
}

impl<'a> Stage<'a> {
    /// What it says is printed.
    pub fn printed(&self) -> Option<&Printed<'a>> {
        match &self.act {
            Act::Printed(printed) => Some(printed),
            _ => None,
        }
    }

    /// The same about the same one, with something else printed.
    pub fn with_printed<'b>(&self, printed: Printed<'b>) -> Stage<'b>
    where
        'a: 'b,
    {
        Stage { name: self.name, mechanism: self.mechanism, act: Act::Printed(printed) }
    }
}

impl Act<'_> {
    /// Where it begins, in bytes.
    pub fn at(&self) -> usize {
        match self {
            Act::Start { mark, .. } | Act::Type { mark, .. } => mark.at,
            Act::Printed(printed) => printed.mark.at,
            Act::Forbid(word, _) | Act::Verb(_, word, _) => word.at,
            Act::Unknown(words) => words.get(0).at,
        }
    }
}

impl<'a> Printed<'a> {
    /// The same with this count and this text, which are read back as they are meant.
    pub fn with<'b>(&self, count: Option<&'b str>, text: &'b str) -> Printed<'b>
    where
        'a: 'b,
    {
        // directly after the bar, the beginning of the text could be taken for a count
        let gap = match self.gap.is_empty() && read::count(text).is_some() {
            true => " ",
            false => self.gap,
        };
        // an empty text needs no space before it
        let gap = if text.is_empty() { "" } else { gap };
        Printed { count, gap, text: Text { source: text, at: self.text.at }, ..*self }
    }
}
