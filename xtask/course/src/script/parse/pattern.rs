//! What a text with names, gaps and a counter means.

use std::ops::RangeInclusive;

use limits::REPETITIONS;

use text::near;

use crate::script::spelling::{Argument, Line, Sign, Text, Token};
use crate::script::{Identity, NameKind, Part, Pattern};

use super::Parser;
use super::error::ParseError;

/// Whether this can be a name: of a terminal, a lane or a text.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

impl Parser<'_> {
    /// What a text means, and its counter's range; `binds`: its names are known from here on.
    pub(super) fn pattern(
        &mut self,
        line: &Line,
        text: Text,
        binds: bool,
    ) -> Result<(Pattern, Option<RangeInclusive<u64>>), ParseError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut counter = None;
        for token in text.tokens() {
            let Token { source, at, sign } = token;
            match sign {
                Sign::Plain => push_text(&mut parts, source),
                Sign::Char(Some(c)) => push_text(&mut parts, c.encode_utf8(&mut [0; 4])),
                Sign::Char(None) => {
                    return Err(line.error(
                        at,
                        format!("没有编号是「{}」的字符", inside(source)),
                        "写成 <U+3000>：四到六位十六进制的 Unicode 编号，换行除外",
                    ));
                }
                Sign::Gap => push_open(&mut parts, line, at, Part::Any)?,
                Sign::Name(name, kind) => {
                    let part = self.name(line, token, (name, kind), binds)?;
                    push_open(&mut parts, line, at, part)?;
                }
                Sign::Counter(range) => {
                    let range = counter_range(line, at, range)?;
                    if counter.replace(range).is_some() {
                        return Err(line.error(at, "一行里只能有一个计数", "分成几行写"));
                    }
                    parts.push(Part::Counter);
                }
                Sign::Unclosed => {
                    let help = "名字写成 <端口>；要「<」这个字，写成「<<」";
                    return Err(line.error(at, "「<」没有合上", help));
                }
            }
        }
        Ok((Pattern { parts }, counter))
    }

    /// A word of a command: a fixed text, perhaps with names that were seen above.
    pub(super) fn argument(
        &mut self,
        line: &Line,
        argument: &Argument,
    ) -> Result<Pattern, ParseError> {
        let Argument { open, text, close } = argument;
        if !open.text.is_empty() && close.is_empty() {
            let close = if open.text == "「" { "」" } else { open.text };
            let message = format!("引号没有合上，缺少「{close}」");
            return Err(line.error(open.at, message, "补上后一半引号"));
        }
        let (pattern, counter) = self.pattern(line, *text, false)?;
        if counter.is_some() || pattern.parts.contains(&Part::Any) {
            return Err(line.error(open.at, "参数里不能有 <..> 或 {a..b}", "写出确定的参数"));
        }
        for name in pattern.names() {
            self.check_name_known(line, open.at, name)?;
        }
        Ok(pattern)
    }

    pub(super) fn check_name_known(
        &self,
        line: &Line,
        at: usize,
        name: &str,
    ) -> Result<(), ParseError> {
        if self.names.contains_key(name) {
            return Ok(());
        }
        let help = match near(name, self.names.keys().map(String::as_str)) {
            Some(near) => format!("是不是 <{near}>？"),
            None => "名字要先在上面某一行输出里出现".to_owned(),
        };
        Err(line.error(at, format!("名字 <{name}> 还没有出现过"), help))
    }

    /// `<名>` or `<名:种类>`.
    fn name(
        &mut self,
        line: &Line,
        Token { source, at, .. }: Token,
        (name, kind): (&str, Option<&str>),
        binds: bool,
    ) -> Result<Part, ParseError> {
        if !is_name(name) {
            return Err(line.error(
                at,
                format!("「{}」不能作名字", inside(source)),
                "名字只用文字、数字和下划线，例如 <端口>；任意文字写 <..>；要「<」这个字，写成「<<」",
            ));
        }
        let kind = match kind {
            None if self.names.get(name) == Some(&true) => NameKind::Number,
            None => NameKind::Text,
            Some("数") => NameKind::Number,
            Some(word) => NameKind::Identity(identity(line, at, name, word, binds)?),
        };
        if binds {
            let number = kind.is_digits();
            let known = *self.names.entry(name.to_owned()).or_insert(number);
            if known != number {
                return Err(line.error(
                    at,
                    format!("名字 <{name}> 第一次出现时没有写「:数」"),
                    format!("第一次就写成 <{name}:数>"),
                ));
            }
        }
        Ok(Part::Name { name: name.to_owned(), kind })
    }
}

/// The kind of a name that says who prints the line.
fn identity(
    line: &Line,
    at: usize,
    name: &str,
    word: &str,
    binds: bool,
) -> Result<Identity, ParseError> {
    let Some(identity) = Identity::ALL.into_iter().find(|one| one.word() == word) else {
        let words = Identity::ALL.map(Identity::word);
        let help = match near(word, words) {
            Some(near) => format!("是不是 <{name}:{near}>？"),
            None => {
                format!("可以写 <{name}:数>，表示只能是数字；还有 :{}", words.join("、:"))
            }
        };
        return Err(line.error(at, format!("不认识的种类「{word}」"), help));
    };
    if !binds {
        let message = format!("「:{word}」只能用在标准输出的行里");
        return Err(line.error(at, message, format!("这里只写 <{name}>")));
    }
    Ok(identity)
}

fn counter_range(
    line: &Line,
    at: usize,
    range: Option<(u64, u64)>,
) -> Result<RangeInclusive<u64>, ParseError> {
    let Some((first, last)) = range else {
        let help = "计数写成 {1..19}；要「{」这个字，写成「{{」";
        return Err(line.error(at, "看不懂的「{」", help));
    };
    if first > last || last - first >= REPETITIONS {
        return Err(line.error(at, "计数要从小到大，至多一千万次", "写成 {1..19}"));
    }
    Ok(first..=last)
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// A part of open length, which may not follow another one.
fn push_open(parts: &mut Vec<Part>, line: &Line, at: usize, part: Part) -> Result<(), ParseError> {
    if matches!(parts.last(), Some(Part::Any | Part::Name { .. })) {
        let message = "两个长短不定的部分挨在一起，分不清界线";
        return Err(line.error(at, message, "中间加上确定的文字"));
    }
    parts.push(part);
    Ok(())
}

/// What stands between the brackets of a token.
fn inside(source: &str) -> &str {
    &source[1..source.len() - 1]
}
