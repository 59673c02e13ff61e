//! From the text of a script to its spelling. Nothing is wrong here: what has no better shape is a list of words.

use super::{
    Act, Argument, Content, File, Form, Line, Printed, Spelling, Stage, Text, Word, Words,
};
use crate::script::Mechanism;
use crate::script::words::{Directive, OUTPUT, START, STDERR, TIMES, TYPE, Verb};

/// What some editors put before a text (Unicode, U+FEFF).
const BOM: char = '\u{feff}';

impl<'a> Spelling<'a> {
    /// Takes a script apart.
    pub fn of(text: &'a str) -> Spelling<'a> {
        let rest = text.strip_prefix(BOM).unwrap_or(text);
        let (bom, rest) = text.split_at(text.len() - rest.len());
        let lines = rest.split_inclusive('\n').enumerate();
        Spelling { bom, lines: lines.map(|(index, line)| Line::of(index + 1, line)).collect() }
    }
}

impl<'a> Line<'a> {
    /// Takes a line apart, with or without its ending.
    pub fn of(number: usize, line: &'a str) -> Line<'a> {
        let text = match line.strip_suffix('\n') {
            Some(text) => text.strip_suffix('\r').unwrap_or(text),
            None => line,
        };
        let ending = &line[text.len()..];
        Line { number, text, form: Reader { text, at: 0 }.form(), ending }
    }
}

impl<'a> Words<'a> {
    /// The words of a text.
    pub fn of(text: &'a str) -> Words<'a> {
        Reader { text, at: 0 }.words()
    }
}

/// The length of a count (`5..6 次`) at the beginning of what follows a bar, if there is one.
pub(super) fn count(text: &str) -> Option<usize> {
    let end = text.find(OUTPUT)?;
    text[..end].trim().ends_with(TIMES).then_some(end)
}

/// A line and how far it has been read (`at` is a byte offset).
#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next `length` bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.rest()[..length];
        self.at += length;
        taken
    }

    /// The white space that comes next.
    fn space(&mut self) -> &'a str {
        let rest = self.rest();
        self.take(rest.len() - rest.trim_start().len())
    }

    /// The word that comes next, up to white space; empty at the end of the line.
    fn word(&mut self) -> Word<'a> {
        let space = self.space();
        let at = self.at;
        let length = self.rest().split_whitespace().next().map_or(0, str::len);
        Word { space, text: self.take(length), at }
    }

    /// `prefix`, if it comes next after white space.
    fn prefix(&mut self, prefix: &str) -> Option<Word<'a>> {
        let mut ahead = *self;
        let space = ahead.space();
        let at = ahead.at;
        ahead.rest().starts_with(prefix).then(|| {
            let text = ahead.take(prefix.len());
            *self = ahead;
            Word { space, text, at }
        })
    }

    /// All words up to the end of the line.
    fn words(mut self) -> Words<'a> {
        let mut words = Vec::new();
        loop {
            let word = self.word();
            words.push(word);
            if word.text.is_empty() {
                return Words(words);
            }
        }
    }

    /// Everything but the white space at the end of the line, and that.
    fn rest_and_tail(&mut self) -> (&'a str, &'a str) {
        let text = self.take(self.rest().trim_end().len());
        (text, self.take(self.rest().len()))
    }

    fn form(mut self) -> Form<'a> {
        let word = self.word();
        if word.text.is_empty() || word.text.starts_with('#') {
            return Form::Comment(self.text);
        }
        if word.text.len() >= 4 && word.text.bytes().all(|byte| byte == b'-') {
            return Form::Divider(word, self.words());
        }
        match Directive::of(word.text) {
            Some(Directive::File(moment)) => {
                let operands = self;
                let path = self.word();
                let Some(equals) = self.prefix("=") else {
                    return Form::Directive(Directive::File(moment), word, operands.words());
                };
                let content = self.content();
                Form::File(File { moment, directive: word, path, equals, content })
            }
            Some(directive) => Form::Directive(directive, word, self.words()),
            None => Form::Stage(self.stage(word)),
        }
    }

    fn content(&mut self) -> Content<'a> {
        let Some(open) = self.prefix("「") else { return Content::Words(self.words()) };
        let (quoted, tail) = self.rest_and_tail();
        let text = quoted.strip_suffix('」').unwrap_or(quoted);
        Content::Quoted { open, text, close: &quoted[text.len()..], tail }
    }

    fn stage(&mut self, name: Word<'a>) -> Stage<'a> {
        let mut ahead = *self;
        let word = ahead.word();
        let mechanism = Mechanism::of(word.text).map(|mechanism| (mechanism, word));
        if mechanism.is_some() {
            *self = ahead;
        }
        Stage { name, mechanism, act: self.act() }
    }

    fn act(&mut self) -> Act<'a> {
        if let Some(mark) = self.prefix(START) {
            return self.command(mark);
        }
        if let Some(mark) = self.prefix(OUTPUT) {
            return Act::Printed(self.printed(mark, true));
        }
        if let Some(mark) = self.prefix(STDERR) {
            return Act::Printed(self.printed(mark, false));
        }
        if let Some(mark) = self.prefix(TYPE) {
            let gap = self.gap();
            return Act::Type { mark, gap, text: self.take(self.rest().len()) };
        }
        let all = *self;
        let word = self.word();
        let Some(verb) = Verb::of(word.text) else { return Act::Unknown(all.words()) };
        let mark = if verb == Verb::Forbid { self.prefix(OUTPUT) } else { None };
        match mark {
            Some(mark) => Act::Forbid(word, self.printed(mark, false)),
            None => Act::Verb(verb, word, self.words()),
        }
    }

    /// The space that is no part of a text.
    fn gap(&mut self) -> &'a str {
        self.take(usize::from(self.rest().starts_with(' ')))
    }

    fn printed(&mut self, mark: Word<'a>, may_count: bool) -> Printed<'a> {
        // the count stands directly after the bar: after a space the text begins
        let length = count(self.rest()).filter(|_| may_count && !self.rest().starts_with(' '));
        let count = length.map(|length| {
            let count = self.take(length);
            self.take(OUTPUT.len());
            count
        });
        let gap = self.gap();
        let at = self.at;
        let (source, tail) = self.rest_and_tail();
        Printed { mark, count, gap, text: Text { source, at }, tail }
    }

    /// The words of a command; 「…」 and "…" keep white space.
    fn command(&mut self, mark: Word<'a>) -> Act<'a> {
        let mut words = Vec::new();
        loop {
            if self.rest().trim_start().is_empty() {
                return Act::Start { mark, words, tail: self.space() };
            }
            let quote = [("\"", "\""), ("「", "」")]
                .into_iter()
                .find_map(|(open, close)| self.prefix(open).map(|open| (open, close)));
            words.push(match quote {
                Some((open, close)) => {
                    let at = self.at;
                    let end = self.rest().find(close);
                    let source = self.take(end.unwrap_or(self.rest().len()));
                    let close = self.take(end.map_or(0, |_| close.len()));
                    Argument { open, text: Text { source, at }, close }
                }
                None => {
                    let Word { space, text: source, at } = self.word();
                    let open = Word { space, text: "", at };
                    Argument { open, text: Text { source, at }, close: "" }
                }
            });
        }
    }
}
