//! A partner (对手) in a script: the words behind its name.

#[cfg(test)]
mod tests;

use crate::script::partner::{Mistake, PARTNER, read};
use crate::script::spelling::{Argument, Line, Text, Word};
use crate::script::{Action, Pattern};

use super::Parser;
use super::error::ParseError;

impl Parser<'_> {
    /// What follows `$` starts a partner: `first` is its name.
    pub(super) fn partner(&mut self, line: &Line, first: Word) -> Result<Action, ParseError> {
        if !self.scene().check_only {
            let help = "这个场景的第一行写成「检查 名字」：run 演给全班看的，不用对手";
            return Err(line.error(first.at, "「对手」只能用在「检查」里", help));
        }
        let pieces = pieces(line, first.end())?;
        let mut args = Vec::new();
        let mut words = Vec::new();
        for piece in &pieces {
            let pattern = match piece.quoted {
                true => Pattern::literal(&piece.text.replace("<换行>", "\n")),
                false => {
                    let open = Word { space: "", text: "", at: piece.at };
                    let text = Text { source: piece.text, at: piece.at };
                    self.argument(line, &Argument { open, text, close: "" })?
                }
            };
            // whatever a name stands for, it is a number wherever it may stand
            let names = pattern.names().map(|name| (name.to_owned(), "1".to_owned()));
            words.push(pattern.render(None, &names.collect()));
            args.push(pattern);
        }
        if let Err(Mistake { word, message, help }) = read(&words) {
            let end = line.text.trim_end().len();
            let at = pieces.get(word).map_or(end, |piece| piece.at);
            return Err(line.error(at, message, help));
        }
        Ok(Action::Start { package: PARTNER.to_owned(), args })
    }
}

/// A word of what the partner does, with its quotes, if it has any.
struct Piece<'a> {
    text: &'a str,
    at: usize,
    quoted: bool,
}

/// The words of a line from a place on: between Chinese and other letters no space is needed, nor beside commas and quotes.
fn pieces<'a>(line: &Line<'a>, from: usize) -> Result<Vec<Piece<'a>>, ParseError> {
    let mut pieces = Vec::new();
    let mut at = from;
    while let Some(first) = line.text[at..].chars().next() {
        let rest = &line.text[at..];
        let length = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '「' => match rest.find('」') {
                Some(end) => end + '」'.len_utf8(),
                None => {
                    let message = "引号没有合上，缺少「」」";
                    return Err(line.error(at, message, "补上后一半引号"));
                }
            },
            '，' | ',' => first.len_utf8(),
            _ => word_length(rest),
        };
        let text = &rest[..length];
        pieces.push(Piece { text, at, quoted: first == '「' });
        at += length;
    }
    Ok(pieces)
}

/// The length of the word at the beginning of a text: Chinese letters or others, a name in angle brackets kept together.
fn word_length(text: &str) -> usize {
    let is_chinese = |c: char| c.is_alphabetic() && !c.is_ascii();
    let kind = text.chars().next().is_some_and(is_chinese);
    let mut in_name = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || ['，', ',', '「'].contains(&c) {
            return at;
        }
        if !in_name && is_chinese(c) != kind {
            return at;
        }
        in_name = if in_name { c != '>' } else { c == '<' };
    }
    text.len()
}
