//! A text with names, gaps and a counter: taken apart, and written such that it is read back.

use std::ops::RangeInclusive;

use crate::script::{Part, Pattern};

/// A text as a script writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// All of it.
    pub source: &'a str,
    /// Where it begins in its line, in bytes.
    pub at: usize,
}

/// A piece of a text that means one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As it is written.
    pub source: &'a str,
    /// Where it begins in its line, in bytes.
    pub at: usize,
    /// What it is.
    pub sign: Sign<'a>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign<'a> {
    /// Characters that stand for themselves.
    Plain,
    /// `<<`, `{{`, `<空格>`, `<制表>` or `<U+3000>`: one character; `None`: there is none of this number.
    Char(Option<char>),
    /// `<..>`
    Gap,
    /// `<端口>` or `<端口:数>`: what stands before and after the colon.
    Name(&'a str, Option<&'a str>),
    /// `{1..19}`: its ends; `None`: other things stand between the braces, or there is no second one.
    Counter(Option<(u64, u64)>),
    /// A `<` without its `>`.
    Unclosed,
}

impl<'a> Text<'a> {
    /// Where it ends in its line, in bytes.
    pub fn end(self) -> usize {
        self.at + self.source.len()
    }

    /// Its tokens, without loss.
    pub fn tokens(self) -> impl Iterator<Item = Token<'a>> {
        let mut rest = self.source;
        std::iter::from_fn(move || {
            let at = self.at + self.source.len() - rest.len();
            let (length, sign) = first_token(rest)?;
            let (source, after) = rest.split_at(length);
            rest = after;
            Some(Token { source, at, sign })
        })
    }
}

/// The length of the first token, and what it is.
fn first_token(text: &str) -> Option<(usize, Sign<'_>)> {
    let first = text.chars().next()?;
    let inner = |close| text.find(close).map(|end| &text[1..end]);
    Some(match first {
        '<' if text.starts_with("<<") => (2, Sign::Char(Some('<'))),
        '{' if text.starts_with("{{") => (2, Sign::Char(Some('{'))),
        '<' => match inner('>') {
            Some(inner) => (inner.len() + 2, bracketed(inner)),
            None => (text.len(), Sign::Unclosed),
        },
        '{' => match inner('}') {
            Some(inner) => (inner.len() + 2, Sign::Counter(range(inner))),
            None => (text.len(), Sign::Counter(None)),
        },
        _ => (text.find(['<', '{']).unwrap_or(text.len()), Sign::Plain),
    })
}

/// What stands between `<` and `>`.
fn bracketed(inner: &str) -> Sign<'_> {
    if let Some(hex) = inner.strip_prefix("U+") {
        let code = u32::from_str_radix(hex, 16).ok();
        // a line cannot hold a newline
        return Sign::Char(code.and_then(char::from_u32).filter(|c| *c != '\n'));
    }
    match inner {
        ".." => Sign::Gap,
        "空格" => Sign::Char(Some(' ')),
        "制表" => Sign::Char(Some('\t')),
        _ => match inner.split_once(':') {
            Some((name, kind)) => Sign::Name(name, Some(kind)),
            None => Sign::Name(inner, None),
        },
    }
}

/// `1..19`.
fn range(inner: &str) -> Option<(u64, u64)> {
    let (first, last) = inner.split_once("..")?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// A piece of a text with its meaning, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// One character of fixed text; how the script writes it, if it does already.
    Char(char, Option<&'a str>),
    /// A name, a gap or the counter, as the script writes it.
    Open(&'a Part, &'a str),
}

/// The pieces of `text`, which means `pattern`.
pub fn pieces<'a>(text: Text<'a>, pattern: &'a Pattern) -> Vec<Piece<'a>> {
    let mut open = pattern.parts.iter().filter(|part| !matches!(part, Part::Text(_)));
    let mut found = Vec::new();
    for Token { source, sign, .. } in text.tokens() {
        match sign {
            Sign::Plain => found.extend(
                source
                    .char_indices()
                    .map(|(at, c)| Piece::Char(c, Some(&source[at..at + c.len_utf8()]))),
            ),
            Sign::Char(c) => found.extend(c.map(|c| Piece::Char(c, Some(source)))),
            Sign::Gap | Sign::Name(..) | Sign::Counter(_) | Sign::Unclosed => {
                found.extend(open.next().map(|part| Piece::Open(part, source)));
            }
        }
    }
    found
}

/// A written text with other ends of its counter.
pub fn with_counter(text: &str, counter: &RangeInclusive<u64>) -> String {
    let tokens = Text { source: text, at: 0 }.tokens();
    let written = |token: Token| match token.sign {
        Sign::Counter(_) => format!("{{{}..{}}}", counter.start(), counter.end()),
        _ => token.source.to_owned(),
    };
    tokens.map(written).collect()
}

/// Writes a text such that the parser reads the same pieces.
pub fn spell(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let at_end = index == 0 || index + 1 == pieces.len();
        match piece {
            Piece::Open(_, source) => text.push_str(source),
            Piece::Char(_, Some(source)) if !(at_end && source.trim().is_empty()) => {
                text.push_str(source);
            }
            Piece::Char(c, _) => spell_char(*c, at_end, &mut text),
        }
    }
    text
}

fn spell_char(c: char, at_end: bool, text: &mut String) {
    match c {
        '<' => text.push_str("<<"),
        '{' => text.push_str("{{"),
        '\t' => text.push_str("<制表>"),
        ' ' if at_end => text.push_str("<空格>"),
        c if c.is_control() || (at_end && c.is_whitespace()) => {
            text.push_str(&format!("<U+{:04X}>", u32::from(c)));
        }
        c => text.push(c),
    }
}
