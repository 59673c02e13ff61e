//! `任选 <名> …`: what a scene varies from one play to the next, so that nobody passes who prints what he once saw.
//!
//! A choice is made in the text, before that is read: wherever the name stands further down in the scene, what was chosen
//! stands instead, in a command, a line, a file or a count.

use std::ops::RangeInclusive;

use super::spelling::{Form, Spelling, Words};
use super::words::Directive;

/// What is chosen from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Options<'a> {
    /// `「甲」 「乙」`
    Texts(Vec<&'a str>),
    /// `3..7`
    Numbers(RangeInclusive<u64>),
}

/// Why a line is no choice, and the operand that shows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoChoice {
    pub operand: usize,
    pub message: &'static str,
}

impl<'a> Options<'a> {
    /// The name in `<名>` and what it may stand for.
    pub(super) fn of(words: &Words<'a>) -> Result<(&'a str, Options<'a>), NoChoice> {
        let wrong = |operand, message| Err(NoChoice { operand, message });
        let name = words.get(0).text;
        let name = name.strip_prefix('<').and_then(|name| name.strip_suffix('>'));
        let Some(name) = name.filter(|name| !name.is_empty() && name.chars().all(is_of_a_name))
        else {
            return wrong(0, "「任选」后面要有名字");
        };
        let operands: Vec<&str> =
            words.iter().map(|word| word.text).filter(|text| !text.is_empty()).skip(1).collect();
        if let [one] = operands[..]
            && let Some((least, most)) = one.split_once("..")
        {
            let ends = (least.parse::<u64>(), most.parse::<u64>());
            return match ends {
                (Ok(least), Ok(most)) if least < most => Ok((name, Options::Numbers(least..=most))),
                _ => wrong(1, "「任选」的数是从小到大的两个"),
            };
        }
        let mut texts = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            let text = operand.strip_prefix('「').and_then(|text| text.strip_suffix('」'));
            match text.filter(|text| !text.is_empty() && !text.contains(['<', '{', '「', '」'])) {
                Some(text) => texts.push(text),
                None => {
                    return wrong(index + 1, "「任选」的文字要写在「」里，里面没有空格、< 和 {");
                }
            }
        }
        if texts.len() < 2 {
            return wrong(operands.len() + 1, "「任选」至少要有两样可选");
        }
        Ok((name, Options::Texts(texts)))
    }

    /// The first for 0, which is what a task shows; another for most others.
    fn pick(&self, seed: u64) -> String {
        match self {
            Options::Texts(texts) => texts[(seed % texts.len() as u64) as usize].to_owned(),
            Options::Numbers(range) => {
                let count = (range.end() - range.start()).saturating_add(1);
                // neighbours differ: a step of as many as there are would lead nowhere
                let step = if count == 3 { 1 } else { 3 };
                (range.start() + seed.wrapping_mul(step) % count).to_string()
            }
        }
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text of a script in which everything has been chosen, its lines where they were.
pub(super) fn made(text: &str, seed: u64) -> String {
    let spelling = Spelling::of(text);
    let mut chosen: Vec<(String, String)> = Vec::new();
    let mut made = spelling.bom.to_owned();
    for line in &spelling.lines {
        let mut text = line.text.to_owned();
        match &line.form {
            Form::Directive(Directive::Heading { .. }, ..) => chosen.clear(),
            Form::Directive(Directive::Choice, _, words) => {
                if let Ok((name, options)) = Options::of(words) {
                    chosen.push((format!("<{name}>"), options.pick(seed)));
                }
            }
            Form::Comment(_) => {}
            _ => {
                for (name, value) in &chosen {
                    text = text.replace(name, value);
                }
            }
        }
        made += &text;
        made += line.ending;
    }
    made
}

#[cfg(test)]
mod tests {
    use super::super::{parse, parse_varied};

    const SCRIPT: &str = "场景 甲\n任选 <句> 「你好」 「再见」\n任选 <数> 2..4\n\
                          主 $ lesson-05-single-task --count <数>\n主 | <句> <名>\n";

    fn printed(seed: u64) -> String {
        let script = parse_varied(SCRIPT, seed).unwrap();
        format!("{:?} {:?}", script.scenes[0].lines[0].pattern, script.scenes[0].directions[0])
    }

    #[test]
    fn another_seed_makes_another_choice_and_0_the_first() {
        assert!(printed(0).contains("你好") && printed(0).contains("\"2\""), "{}", printed(0));
        assert!(printed(1).contains("再见"), "{}", printed(1));
        assert_ne!(printed(0), printed(1));
        assert_eq!(printed(1), printed(1));
        assert!(printed(1).contains("\"3\"") && printed(2).contains("\"4\""), "{}", printed(2));
    }

    #[test]
    fn a_choice_ends_with_its_scene() {
        let next = format!("{SCRIPT}场景 乙\n主 $ lesson-05-single-task\n主 | <句>\n");
        let scenes = parse(&next).unwrap().scenes;
        assert!(format!("{:?}", scenes[1].lines[0].pattern).contains("句"));
    }

    #[test]
    fn what_is_no_choice_is_said() {
        for (line, said) in [
            ("任选 句 「甲」 「乙」", "后面要有名字"),
            ("任选 <句> 「甲」", "至少要有两样可选"),
            ("任选 <句> 甲 乙", "要写在「」里"),
            ("任选 <数> 4..2", "从小到大"),
        ] {
            let text = format!("场景 甲\n{line}\n主 $ lesson-05-single-task\n");
            let error = parse(&text).unwrap_err();
            assert!(error.message.contains(said), "{line}: {error}");
            assert_eq!(error.line, 2);
        }
    }
}
