//! What is read is given back, and what is written is read back.

use super::*;
use crate::script::{Expected, parse};

/// What the parser makes of `line` (in terminal 主).
fn read(line: &str) -> Expected {
    let text = format!("场景 甲\n主 $ lesson-x\n{line}\n");
    let mut script = parse(&text).unwrap_or_else(|error| panic!("{line:?}\n{error}"));
    script.scenes[0].lines.remove(0)
}

fn fixed(text: &str) -> Vec<Piece<'_>> {
    text.chars().map(|c| Piece::Char(c, None)).collect()
}

#[test]
fn every_printed_line_can_be_written_and_is_read_back() {
    let mut texts: Vec<String> = [
        "",
        " ",
        "  ",
        "\t",
        "\r",
        "你好\r",
        "\u{3000}前后\u{3000}",
        "<..>",
        "<<",
        "<a>",
        "{1..9}",
        "{{",
        "{",
        "<",
        ">",
        "}",
        "|",
        "|3 次| 你好",
        "3 次| 你好",
        "任意次|",
        "# 不是注释",
        "----",
        "场景 甲",
        "a  ",
        "  a",
        " a | b ",
        "\u{1b}[2J",
        "\u{feff}",
        "\u{0}",
        "<空格>",
        "<U+3000>",
        "\\x09",
        "末\u{a0}",
        "\u{fffd}",
    ]
    .map(str::to_owned)
    .into();
    // every pair of the characters that mean something, with and without a letter between
    let special = [' ', '\t', '<', '>', '{', '}', '|', '!', '次', '3', '.', '\r', '\u{3000}'];
    for a in special {
        for b in special {
            texts.extend([format!("{a}{b}"), format!("{a}字{b}"), format!("字{a}{b}字")]);
        }
    }
    for text in &texts {
        for line in ["主 | 旧", "主 |旧", "主   |  旧", "主 |3 次| 旧", "主 |任意次|旧", "主 |"]
        {
            let spelled = spell(&fixed(text));
            let old = Line::of(3, line);
            let (stage, printed) = old.printed().unwrap();
            let new = stage.with_printed(printed.with(printed.count, &spelled)).to_string();
            let (before, after) = (read(line), read(&new));
            assert_eq!(after.pattern.render(None, &Default::default()), *text, "{new:?}");
            assert!(after.pattern.is_fixed(), "{new:?}");
            assert_eq!(after.times, before.times, "{new:?}");
        }
    }
}

/// Every token of every text in a line, and every word, in its place.
fn check_places(line: &Line) {
    let text = |text: &Text| {
        let mut at = text.at;
        for token in text.tokens() {
            assert_eq!(token.at, at, "{line:?}");
            assert_eq!(&line.text[at..at + token.source.len()], token.source, "{line:?}");
            at += token.source.len();
        }
        assert_eq!(at, text.end(), "{line:?}");
    };
    let word = |word: &Word| {
        assert_eq!(&line.text[word.at..word.end()], word.text, "{line:?}");
        assert!(line.text[..word.at].ends_with(word.space), "{line:?}");
    };
    let words = |words: &Words| words.0.iter().for_each(word);
    match &line.form {
        Form::Comment(_) => {}
        Form::Divider(first, rest) | Form::Directive(_, first, rest) => {
            word(first);
            words(rest);
        }
        Form::File(File { directive, path, equals, content, .. }) => {
            [directive, path, equals].into_iter().for_each(word);
            match content {
                Content::Quoted { open, .. } => word(open),
                Content::Words(rest) => words(rest),
            }
        }
        Form::Stage(Stage { name, mechanism, act }) => {
            word(name);
            mechanism.iter().for_each(|(_, one)| word(one));
            match act {
                Act::Start { mark, words, .. } => {
                    word(mark);
                    for argument in words {
                        word(&argument.open);
                        text(&argument.text);
                    }
                }
                Act::Forbid(verb, printed) => {
                    [verb, &printed.mark].into_iter().for_each(word);
                    text(&printed.text);
                }
                Act::Printed(printed) => {
                    word(&printed.mark);
                    text(&printed.text);
                }
                Act::Type { mark, .. } => word(mark),
                Act::Verb(_, verb, rest) => {
                    word(verb);
                    words(rest);
                }
                Act::Unknown(rest) => words(rest),
            }
        }
    }
}

/// The spelling of `text` gives it back byte for byte, and everything in it knows its place.
fn check(text: &str) {
    let spelling = Spelling::of(text);
    assert_eq!(spelling.to_string(), text);
    for line in &spelling.lines {
        assert_eq!(line.form.to_string(), line.text);
        check_places(line);
    }
    let texts: Vec<&str> = spelling.lines.iter().map(|line| line.text).collect();
    let rest = &text[spelling.bom.len()..];
    assert_eq!(texts, rest.lines().collect::<Vec<_>>());
}

#[test]
fn every_lessons_script_is_spelled_without_loss() {
    let lessons = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons");
    let folders = std::fs::read_dir(lessons).unwrap().flatten();
    let scripts: Vec<String> = folders
        .filter_map(|folder| std::fs::read_to_string(folder.path().join("script.txt")).ok())
        .collect();
    assert!(scripts.len() > 10);
    for text in &scripts {
        check(text);
        check(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
        // cut anywhere, and with any character lacking
        for (at, c) in text.char_indices() {
            check(text[..at].rsplit_once('\n').map_or("", |(_, line)| line));
            let line = text[at..].find('\n').map_or(text.len(), |end| at + end);
            let start = text[..at].rfind('\n').map_or(0, |start| start + 1);
            check(&format!("{}{}", &text[start..at], &text[(at + c.len_utf8()).min(line)..line]));
        }
    }
}

#[test]
fn odd_texts_are_spelled_without_loss() {
    for text in
        ["", "\n", "\r", "\r\n", "\u{feff}", "\u{feff}\u{feff}\n", "a\rb\r\n\rc", "\n\r\r\n"]
    {
        check(text);
    }
    // every three of the pieces that mean something
    let pieces = [
        "主",
        "/",
        " ",
        "\u{3000}",
        "\t",
        "|",
        "!",
        "$",
        "<",
        ">",
        "{",
        "}",
        "<<",
        "次",
        "3 次|",
        "「",
        "」",
        "\"",
        "=",
        "准备 ",
        "不出现",
        "结束",
        "进程",
        "----",
        "#",
        "\r",
        "场景",
        "<U+XY>",
        "{1..2}",
        "｜",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                check(&format!("{a}{b}{c}"));
                check(&format!("主 {a}{b} {c} "));
                check(&format!("主/甲 进程 |{a}{b}{c}"));
            }
        }
    }
}

#[test]
fn a_line_is_taken_apart_as_it_is_meant() {
    let line = Line::of(3, "  主/甲   进程 |5..6 次|  <<a> {{b}  \r\n");
    let (stage, printed) = line.printed().unwrap();
    assert_eq!((stage.name.text, stage.name.at), ("主/甲", 2));
    assert_eq!(stage.mechanism.map(|(mechanism, _)| mechanism), Some(Mechanism::Process));
    assert_eq!((printed.mark.text, printed.count, printed.gap), ("|", Some("5..6 次"), " "));
    assert_eq!((printed.text.source, printed.tail, line.ending), (" <<a> {{b}", "  ", "\r\n"));
    // after a space the text begins
    let line = Line::of(3, "主 | 5..6 次| a");
    let (_, printed) = line.printed().unwrap();
    assert_eq!((printed.count, printed.text.source), (None, "5..6 次| a"));
    // standard error has no count
    let line = Line::of(3, "主 !3 次| a");
    assert_eq!(line.printed().unwrap().1.text.source, "3 次| a");
}

#[test]
fn only_the_ends_of_a_counter_change() {
    assert_eq!(with_counter("{{a} 第{1..19}遍<<b>", &(0..=4)), "{{a} 第{0..4}遍<<b>");
}

#[test]
fn the_pieces_of_a_line_spell_it_again() {
    let line = "主 | pid<p:数>,<p> {{x}<<y>{1..3}<..>  末<空格>";
    let expected = read(line);
    let line = Line::of(3, line);
    let text = line.printed().unwrap().1.text;
    let found = pieces(text, &expected.pattern);
    assert_eq!(spell(&found), text.source);
    let open = found.iter().filter(|piece| matches!(piece, Piece::Open(..))).count();
    assert_eq!(open, 4);
}
