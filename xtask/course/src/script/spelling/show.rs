//! From a spelling back to the text: every piece as it stands, in order.

use std::fmt::{Display, Formatter, Result};

use super::{Act, Content, File, Form, Line, Printed, Spelling, Stage, Word, Words};
use crate::script::words::OUTPUT;

impl Display for Spelling<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.bom)?;
        self.lines.iter().try_for_each(|line| line.fmt(f))
    }
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}", self.form, self.ending)
    }
}

impl Display for Form<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Form::Comment(text) => f.write_str(text),
            Form::Divider(word, words) | Form::Directive(_, word, words) => {
                write!(f, "{word}{words}")
            }
            Form::File(file) => file.fmt(f),
            Form::Stage(stage) => stage.fmt(f),
        }
    }
}

impl Display for Word<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}", self.space, self.text)
    }
}

impl Display for Words<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.iter().try_for_each(|word| word.fmt(f))
    }
}

impl Display for File<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let File { moment: _, directive, path, equals, content } = self;
        write!(f, "{directive}{path}{equals}")?;
        match content {
            Content::Quoted { open, text, close, tail } => write!(f, "{open}{text}{close}{tail}"),
            Content::Words(words) => words.fmt(f),
        }
    }
}

impl Display for Stage<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.name.fmt(f)?;
        if let Some((_, word)) = &self.mechanism {
            word.fmt(f)?;
        }
        match &self.act {
            Act::Start { mark, words, tail } => {
                mark.fmt(f)?;
                for word in words {
                    write!(f, "{}{}{}", word.open, word.text.source, word.close)?;
                }
                f.write_str(tail)
            }
            Act::Printed(printed) => printed.fmt(f),
            Act::Type { mark, gap, text } => write!(f, "{mark}{gap}{text}"),
            Act::Forbid(word, printed) => write!(f, "{word}{printed}"),
            Act::Verb(_, word, words) => write!(f, "{word}{words}"),
            Act::Unknown(words) => words.fmt(f),
        }
    }
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Printed { mark, count, gap, text, tail } = self;
        mark.fmt(f)?;
        if let Some(count) = count {
            write!(f, "{count}{OUTPUT}")?;
        }
        write!(f, "{gap}{}{tail}", text.source)
    }
}
