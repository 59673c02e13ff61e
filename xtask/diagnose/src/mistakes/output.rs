//! What was printed, and where.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::GBK;
use events::{Exit, Kind, Line, Stream};
use judge::{Failure, Rule};

use super::play::Play;
use super::printing::{LONGEST, MOST};
use super::{Code, Mistake};

/// A line stands on the other stream than the script says.
pub fn wrong_stream(play: &Play) -> Vec<Mistake> {
    let to_error = play.scene.lines.iter().map(|line| (line, Stream::Out));
    let to_output = play.scene.stderr_lines.iter().map(|line| (line, Stream::Err));
    let look = |(expected, wanted): (&course::script::Expected, Stream)| {
        let terminal = play.scene.lanes.get(expected.lane)?.terminal;
        let is = |line: &Line| expected.pattern.matches_alone(&line.text, expected.counter);
        let other = if wanted == Stream::Out { Stream::Err } else { Stream::Out };
        if play.lines(terminal, wanted).any(|(_, line)| is(line)) {
            return None;
        }
        let (event, line) = play.lines(terminal, other).find(|(_, line)| is(line))?;
        let failures = play.failures_of(terminal, &[Rule::Missing, Rule::Stderr, Rule::Extra]);
        let (code, sentence, advice) = match wanted {
            Stream::Out => (
                Code::OutputOnStderr,
                format!("「{}」印在标准错误里，应当在标准输出里", line.text),
                "要给人看的结果用 println!，出错的话才用 eprintln!",
            ),
            Stream::Err => (
                Code::ErrorOnStdout,
                format!("「{}」印在标准输出里，应当在标准错误里", line.text),
                "出错、进度用 eprintln!：标准输出常常接着别的程序",
            ),
        };
        Some(Mistake::new(code, event, terminal, sentence, failures).mend(advice))
    };
    to_error.chain(to_output).filter_map(look).take(1).collect()
}

/// The same text stands before lines of several processes: it may have been in the buffer that `fork(2)` copies with all else.
pub fn copied_by_fork(play: &Play) -> Vec<Mistake> {
    (0..play.scene.terminals.len()).filter_map(|terminal| copied_in(play, terminal)).collect()
}

/// What one process has printed before a line that the script wants.
struct Before {
    event: usize,
    /// Before the first line that this process printed.
    is_first: bool,
}

fn copied_in(play: &Play, terminal: usize) -> Option<Mistake> {
    let of_children = |pid: &i32| play.processes.get(pid).is_some_and(|life| life.parent.is_some());
    let mut by: BTreeMap<&str, BTreeMap<i32, Before>> = BTreeMap::new();
    let mut have_printed = BTreeSet::new();
    for (event, line) in play.lines(terminal, Stream::Out).take(MOST) {
        let Some(pid) = line.source.map(|source| source.pid) else { continue };
        let is_first = have_printed.insert(pid);
        let Some(text) = too_much_before(play, terminal, &line.text) else { continue };
        by.entry(text).or_default().entry(pid).or_insert(Before { event, is_first });
    }
    // what is copied comes before all that a child prints itself, and once
    let is_first =
        |(pid, before): (&i32, &Before)| !of_children(pid) || before.is_first && !play.execs(*pid);
    let comes_once = |pid: i32, text: &str| {
        let lines = play.lines(terminal, Stream::Out).take(MOST).map(|(_, line)| line);
        let is_own = |line: &&Line| line.source.is_some_and(|source| source.pid == pid);
        let begin_so = lines.filter(is_own).filter(|line| line.text.starts_with(text));
        begin_so.map(|line| line.count).sum::<u64>() == 1
    };
    let (text, pids) = by.into_iter().find(|(text, pids)| {
        pids.len() > 1
            && pids.keys().any(of_children)
            && pids.iter().all(is_first)
            && pids.keys().all(|pid| comes_once(*pid, text))
    })?;
    let event = pids.values().map(|before| before.event).min()?;
    // the first process, if the script wants its line just so
    let is_root = |pid: &i32| !of_children(pid) && !pids.contains_key(pid);
    let root = play.root(terminal).filter(|pid| is_root(pid) && comes_once(*pid, text));
    let sentence = format!(
        "「{text}」由 {} 个进程各印了一遍，子进程的都在它的第一行前面：fork 的时候它还在标准输出的缓冲区里（没有换行，也没有 flush），复制出来的进程里就也有一份",
        pids.len() + usize::from(root.is_some())
    );
    let rules = [Rule::Text, Rule::Extra, Rule::Missing, Rule::Newline, Rule::Order];
    let failures = play.failures_of(terminal, &rules);
    let code = Code::BufferCopiedByFork;
    let mistake = Mistake::new(code, event, terminal, sentence, failures);
    // each may have printed it itself
    Some(mistake.perhaps().mend(
        "fork 之前就用 println! 印完整的一行；只 flush 半行也不够，别的进程的行会接在这半行后面",
    ))
}

/// What stands before a line that the script wants, if the line is not itself wanted.
fn too_much_before<'t>(play: &Play, terminal: usize, text: &'t str) -> Option<&'t str> {
    let is_wanted = |text: &str| {
        play.scene.lines.iter().any(|line| {
            play.scene.lanes[line.lane].terminal == terminal
                && line.pattern.matches_alone(text, line.counter)
        })
    };
    if text.len() > LONGEST || is_wanted(text) {
        return None;
    }
    let cuts = text.char_indices().map(|(at, _)| at).skip(1);
    cuts.filter(|at| is_wanted(&text[*at..])).map(|at| &text[..at]).next()
}

/// Text that was decoded by the wrong table, or cut inside a character.
pub fn undecoded(play: &Play) -> Vec<Mistake> {
    play.verdict
        .failures
        .iter()
        .filter_map(|failure| decoded_wrongly(play, failure))
        .take(1)
        .collect()
}

fn decoded_wrongly(play: &Play, failure: &Failure) -> Option<Mistake> {
    let got = failure.got.as_deref()?;
    let expected = failure.expected.as_deref().unwrap_or_default();
    let (event, terminal) = (failure.event?, failure.subject.terminal(play.scene)?);
    if !matches!(failure.rule, Rule::Text | Rule::Extra) {
        return None;
    }
    let failures = play.failures_of(terminal, &[Rule::Text, Rule::Extra, Rule::Missing]);
    let found = |code, sentence: String, advice: &str| {
        Some(Mistake::new(code, event, terminal, sentence, failures.clone()).mend(advice))
    };
    let (wanted, bytes) = (bytes_in(expected), bytes_in(got));
    if let (Some(wanted), Some(bytes)) = (wanted, bytes)
        && wanted != bytes
        && std::str::from_utf8(&wanted).is_err()
        && let Some((text, table, how)) = encoded(play, &bytes)
        // a piece of a character is no text of another table
        && GBK.decode_without_bom_handling_and_without_replacement(&wanted).as_deref() == Some(&*text)
    {
        let sentence = format!("印出来的字节是「{text}」的 {table}；这一行要的是另一张码表的字节");
        let advice = format!("编码时指定要用的码表（GBK.encode），不是 {how}");
        return found(Code::WrongCodeTable, sentence, &advice);
    }
    if let Some(four) =
        bytes_in(got).filter(|_| expected.contains("GBK")).as_deref().and_then(of_gb18030)
        && bytes_in(expected).as_deref().and_then(of_gb18030).is_none()
    {
        let sentence = format!(
            "印出来的有 {} 这 4 个字节，那是 GB18030 的写法；GBK 的一个字只有 1 个或 2 个字节，第二个不小于 0x40",
            four.escape_ascii()
        );
        let advice = "码表用 GBK（encoding_rs::GBK），不是 GB18030：GBK 没有的字要报错";
        return found(Code::WrongCodeTable, sentence, advice);
    }
    let wants_it =
        play.scene.lines.iter().any(|line| {
            line.pattern.render(line.counter, &Default::default()).contains('\u{fffd}')
        });
    if got.contains('\u{fffd}') && !wants_it {
        let sentence =
            "印出来的有「\u{fffd}」：那里的字节解码不了（断在一个字的中间，或者用的是别的码表），显示成这个字符".to_owned();
        let advice = "用约好的码表，收齐了再解码；解码失败就说出来，不要让「\u{fffd}」掩盖（from_utf8_lossy 会）";
        return found(Code::ReplacementPrinted, sentence, advice);
    }
    if let Some(text) = taken_for_characters(got)
        && expected.contains(&text)
    {
        let sentence =
            format!("「{text}」的每个字节都当作一个字符印了出来：UTF-8 的汉字大多是三个字节");
        let advice = "用 String::from_utf8 解码，不要一个字节一个字节转成 char";
        return found(Code::BytesTakenForCharacters, sentence, advice);
    }
    None
}

/// The text that these bytes are, in which table, and what makes them. In UTF-16 most bytes are a text: it has to be one of those
/// that the scene speaks of.
fn encoded(play: &Play, bytes: &[u8]) -> Option<(String, &'static str, &'static str)> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_owned(), "UTF-8", "as_bytes"));
    }
    let is_spoken_of = |text: &str| {
        let mut lines = play.scene.lines.iter();
        lines.any(|line| line.pattern.render(line.counter, &Default::default()).contains(text))
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let read = |unit: fn([u8; 2]) -> u16| {
        let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
        let text: String = text.collect::<Result<_, _>>().ok()?;
        (rest.is_empty() && !text.is_empty() && is_spoken_of(&text)).then_some(text)
    };
    let little = read(u16::from_le_bytes).map(|text| (text, "UTF-16（低位字节在前）"));
    let either =
        little.or_else(|| read(u16::from_be_bytes).map(|text| (text, "UTF-16（高位字节在前）")));
    either.map(|(text, table)| (text, table, "encode_utf16"))
}

/// What the characters of a text that look like the bytes of UTF-8 are, where they come first.
fn taken_for_characters(text: &str) -> Option<String> {
    let is_byte = |one: &char| ('\u{80}'..='\u{ff}').contains(one);
    let first = text.chars().skip_while(|one| !is_byte(one)).take_while(is_byte);
    let bytes: Vec<u8> = first.filter_map(|one| u8::try_from(one).ok()).collect();
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// The first character of four bytes that only GB18030 has: the second and the fourth are digits.
fn of_gb18030(bytes: &[u8]) -> Option<&[u8]> {
    bytes.windows(4).find(|four| {
        let is_lead = |byte: u8| (0x81..=0xfe).contains(&byte);
        is_lead(four[0]) && four[1].is_ascii_digit() && is_lead(four[2]) && four[3].is_ascii_digit()
    })
}

/// The bytes that a text shows as `b'...'`.
fn bytes_in(text: &str) -> Option<Vec<u8>> {
    let shown = text.split_once("b'")?.1.split_once('\'')?.0;
    let (mut bytes, mut rest) = (Vec::new(), shown);
    while let Some(first) = rest.chars().next() {
        match rest.strip_prefix("\\x") {
            Some(hex) => {
                bytes.push(u8::from_str_radix(hex.get(..2)?, 16).ok()?);
                rest = &hex[2..];
            }
            None => {
                bytes.extend_from_slice(first.to_string().as_bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    Some(bytes)
}

/// It said its error, and ended with another code than is agreed.
pub fn wrong_exit(play: &Play) -> Vec<Mistake> {
    let look = |failure: &Failure| {
        let terminal =
            failure.subject.terminal(play.scene).filter(|_| failure.rule == Rule::Exit)?;
        let event = failure.event?;
        let Kind::Exited { exit: Exit::Code(code), .. } = play.events[event].kind else {
            return None;
        };
        let expected = failure.expected.as_deref()?;
        let wants_error = expected.starts_with("退出码");
        let (_, line) = play
            .lines(terminal, Stream::Err)
            .find(|(_, line)| line.text.starts_with("错误"))
            .filter(|_| wants_error)?;
        let sentence = format!(
            "「{}」说了「{}」，可是结束时的退出码是 {code}，应当是{expected}",
            play.name(terminal),
            line.text
        );
        let failures = play.failures_of(terminal, &[Rule::Exit]);
        let mistake = Mistake::new(Code::WrongExitCode, event, terminal, sentence, failures);
        Some(mistake.mend("没有做成，退出码是 1；命令写错了，是 2；做成了才是 0"))
    };
    play.verdict.failures.iter().filter_map(look).take(1).collect()
}
