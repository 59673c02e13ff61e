//! Bytes that lie in a program's own buffer, or were lost with one. Such bytes leave no event: all of these are
//! candidates.

use super::super::super::cause::Certainty;
use super::super::super::code::Code;
use super::super::super::finding::Finding;
use super::super::super::reading::{Goal, HTTP, before, is_python, makes_anew, sources};
use super::super::super::roster::{Got, Roster, Sent, Talk};
use super::super::all;
use super::pair::{Guess, Pair};

/// A buffered reader got more than it gave, and is gone.
pub fn dropped(pair: &Pair) -> Option<Guess> {
    let (roster, heard) = (pair.roster, pair.heard?);
    let by_line = matches!(pair.reading.goal, Goal::Line { .. });
    if !heard.is_exact() || heard.got != heard.sent || by_line && ends_in_half_a_line(heard) {
        return None;
    }
    let ahead = heard.receives.iter().rev().find(|got| reads_ahead(got))?;
    let makes = |text: &str| text.contains("BufReader::") || text.contains("makefile(");
    let sources = sources(&roster.waiting[pair.reader]);
    // the function that reads makes a buffer of its own, each time that it is called or begins its loop anew
    let each_time = makes_anew(&roster.waiting[pair.reader], makes);
    let made: usize = sources.iter().flatten().map(|line| usize::from(makes(line))).sum();
    let fit = match pair.reading.goal {
        Goal::End => return None,
        _ if made > 1 => 88,
        // what it reads is not read through the buffer that is there
        Goal::Bytes | Goal::Anything if made > 0 => 86,
        Goal::Line { .. } if each_time && !pair.reading.repeats => 85,
        Goal::Line { .. } if pair.reading.repeats => 35,
        Goal::Line { .. } if sources.is_empty() => 66,
        Goal::Bytes if sources.is_empty() => 55,
        // the buffer is made elsewhere, and may well be there still
        Goal::Line { .. } if pair.reading.by != HTTP => 41,
        Goal::Unknown if sources.is_empty() && heard_whole_lines(pair) => 81,
        _ => return None,
    };
    let python = is_python(&roster.waiting[pair.reader]);
    let (buffer, it) = match python {
        true => ("makefile 的文件对象", "文件对象"),
        false => ("BufReader", " BufReader "),
    };
    let (reader, _) = pair.names();
    let (first, rest) = ahead.data.text.split_once('\n').unwrap_or_default();
    let rest = rest.trim_end();
    // nothing tells that it reads through a buffer but the size that it asks for
    let condition = match pair.reading.goal {
        Goal::Unknown => {
            format!("如果{reader}每读一行都新建一个 BufReader（或 makefile 的文件对象）：")
        }
        _ => String::new(),
    };
    let then = if by_line { "再按行读" } else { "再从连接上读" };
    let sentence = format!(
        "{condition}{reader}的一次接收把「{first}」和后面的「{rest}」一起收进了 {buffer}；那个{it}没有再用，里面剩下的也就没有了，{reader}{then}，等的是已经收下的数据"
    );
    let advice = format!("{reader}在一个连接上只建一个 {buffer}，从头到尾都用它读");
    let finding = Finding::new(Code::BufferDropped, Certainty::Candidate, sentence).advises(advice);
    Some(Guess::new(fit, finding.blames(roster, pair.reader)))
}

/// How many whole lines were said, where all that was said is known.
fn lines(talk: &Talk) -> Option<usize> {
    let of = |sent: &Sent| {
        let known = !sent.data.cut && !sent.data.binary && sent.taken == Some(sent.data.bytes);
        known.then(|| sent.data.text.matches('\n').count())
    };
    talk.sends.iter().map(of).sum()
}

/// Whoever has spoken last has said fewer lines than it has got.
pub fn owes(pair: &Pair) -> bool {
    let [got, said] = [pair.said, pair.heard].map(|talk| talk.and_then(lines));
    matches!((got, said), (Some(got), Some(said)) if got > said && said > 0)
}

/// Who has spoken last has not answered everything that came, and what is left was lost with the buffer that it has made
/// before: it makes another for each line.
pub fn dropped_by_speaker(pair: &Pair) -> Option<Guess> {
    let turned = pair.turned();
    let makes = |text: &str| text.contains("BufReader::") || text.contains("makefile(");
    let by_line = matches!(turned.reading.goal, Goal::Line { .. });
    let anew = makes_anew(&pair.roster.waiting[turned.reader], makes);
    let owes = lines(turned.heard?)? > lines(turned.said?)?;
    (by_line && anew && owes).then(|| dropped(&turned))?
}

/// Who has spoken last has got several lines with one receive, took them for one, and has answered fewer.
pub fn lines_taken_for_one(pair: &Pair) -> Option<Guess> {
    let turned = pair.turned();
    let (roster, heard, said) = (pair.roster, turned.heard?, turned.said?);
    let receives = ["read", "recv"].contains(&turned.reading.by.as_str());
    let by_part = match turned.reading.goal {
        Goal::Anything | Goal::Unknown => true,
        // the end is only where it leaves the loop in which it answers
        Goal::End => turned.reading.answers,
        _ => false,
    };
    let (asked, answered) = (lines(heard)?, lines(said)?);
    let all_got = heard.is_exact() && heard.got == heard.sent;
    if !receives || !by_part || !all_got || answered == 0 || answered >= asked {
        return None;
    }
    let whole = |got: &&Got| !got.data.cut && got.data.text.ends_with('\n');
    let several = heard.receives.iter().filter(whole);
    let (got, lines) = several
        .map(|got| (got, got.data.text.matches('\n').count()))
        .find(|(_, lines)| *lines > 1)?;
    let (reader, speaker) = turned.names();
    let sentence = format!(
        "{reader}的一次接收把{speaker}的 {lines} 行（{} 字节）一起收下了，一共收下 {asked} 行，只答了 {answered} 行：它把一次收到的当作一行；{reader}再接收，等的是已经收下的数据，{speaker}在等其余的答复",
        got.data.bytes
    );
    let advice = format!(
        "TCP 不保留一次一次发送的边界：{reader}按换行分开（BufReader 的 read_line、lines），一行一行地答"
    );
    let finding = Finding::new(Code::MessagesStuckTogether, Certainty::Candidate, sentence);
    Some(Guess::new(84, finding.advises(advice).blames(roster, turned.reader)))
}

/// Lines that one receive has brought lie in a program's own buffer, and it waits until the socket is readable. Its source shows
/// that it takes one line each time, and it has answered fewer than have come.
pub fn behind_the_poll(roster: &Roster) -> Option<Finding> {
    all(roster).filter(|one| roster.polls(*one)).find_map(|thread| {
        let waiting = &roster.waiting[thread];
        let sources = sources(waiting);
        let mut lines = sources.iter().flatten();
        let takes = |line: &&String| line.contains(".readline(") || line.contains(".read_line(");
        let taken = lines.find(takes).filter(|line| !is_loop(line))?;
        let (sends, lines, bytes) = roster.polled(thread).into_iter().find_map(|direction| {
            let (local, peer) = direction;
            let heard = roster.history.talk((peer, local)).filter(|heard| heard.is_exact())?;
            // the other end waits, too
            all(roster).find(|other| roster.ends(*other) == Some((peer, local)))?;
            let got = heard.receives.iter().rev().find(|got| reads_ahead(got))?;
            let lines = got.data.text.matches('\n').count();
            let said = roster.history.talk(direction);
            let sends = said.map_or(0, |said| said.sends.iter().filter(|one| one.at > got.at).count());
            let all_got = heard.got == heard.sent && !got.data.cut;
            (all_got && lines > 1 && sends < lines).then_some((sends, lines, got.data.bytes))
        })?;
        let name = roster.name(thread);
        let python = is_python(waiting);
        let buffer = if python { "makefile 的文件对象" } else { "BufReader" };
        let answered = match sends {
            0 => "还没有答".to_owned(),
            times => format!("只答了 {times} 次"),
        };
        let sentence = format!(
            "{name}的一次接收把 {lines} 行（{bytes} 字节）都收进了它自己的缓冲区（{buffer}），每次醒来却只取一行（{}），{answered}就又在等描述符可读：其余的行已经不在套接字里，select、poll 看不见，不会再叫醒它",
            taken.trim()
        );
        let advice = "和 select、poll 一起用，就用 recv 收，自己按换行分开；或者每次醒来把缓冲区里完整的行都处理完";
        let finding = Finding::new(Code::BehindThePoll, Certainty::Candidate, sentence);
        Some(finding.advises(advice).blames(roster, thread))
    })
}

fn is_loop(line: &str) -> bool {
    ["while ", "for "].iter().any(|word| line.trim_start().starts_with(word))
}

/// What a buffered reader asks for, it or a bigger one.
const BUFFER: u64 = 1024;

/// A receive that got something behind a newline.
fn reads_ahead(got: &Got) -> bool {
    let data = got.data;
    let behind = data.text.split_once('\n').is_some_and(|(_, behind)| !behind.is_empty());
    behind && (data.asked == 0 || data.asked >= BUFFER)
}

fn ends_in_half_a_line(talk: &Talk) -> bool {
    let last = talk.sends.last().map(|sent| sent.data);
    // of what is cut or binary nobody knows
    last.is_none_or(|data| !data.cut && data.text.contains('\n') && !data.text.ends_with('\n'))
}

/// One receive has got what was sent in several.
pub fn stuck_together(pair: &Pair) -> Option<Guess> {
    let (roster, heard) = (pair.roster, pair.heard?);
    if !heard.is_exact() || pair.reading.answers {
        return None;
    }
    let several = |got: &&Got| heard.sends_in(got).count() > 1;
    let stuck = heard.receives.iter().rev().find(several)?;
    let fit = match pair.reading.goal {
        Goal::Anything => 84,
        Goal::Unknown => 80,
        _ => return None,
    };
    let (reader, speaker) = pair.names();
    let words: Vec<String> = heard
        .sends_in(stuck)
        .take(3)
        .filter(|sent| !sent.data.binary && sent.data.bytes <= 40)
        .map(|sent| format!("「{}」", sent.data.text.trim_end()))
        .collect();
    let words = if words.len() > 1 { words.join("") } else { String::new() };
    let (times, bytes) = (heard.sends_in(stuck).count(), stuck.data.bytes);
    let sentence = format!(
        "{speaker}分 {times} 次发的{words}，{reader}一次接收就全收下了（{bytes} 字节，粘在一起）；{reader}再接收，等的是已经收下的数据"
    );
    let advice = format!(
        "TCP 不保留一次一次发送的边界：每条消息前面写上长度，或者末尾加换行符，{reader}照着分开"
    );
    let finding = Finding::new(Code::MessagesStuckTogether, Certainty::Candidate, sentence);
    Some(Guess::new(fit, finding.advises(advice).blames(roster, pair.reader)))
}

/// Whoever was asked has written its answer into a buffer.
pub fn not_flushed_by_reader(pair: &Pair) -> Option<Guess> {
    let (heard, said) = (pair.heard, pair.said);
    let asked = heard.and_then(Talk::last_got);
    let answered = said.and_then(Talk::last_sent);
    let owes = asked.is_some() && asked > answered;
    if heard.is_some() && !owes {
        return None;
    }
    not_flushed(pair, pair.reader, owes)
}

/// Whoever seems to have spoken last has written something more into a buffer.
pub fn not_flushed_by_speaker(pair: &Pair) -> Option<Guess> {
    not_flushed(pair, pair.speaker, false)
}

/// What a buffered reader of a library asks for.
const LIBRARY_BUFFER: u64 = 8192;

/// All that was said are lines, and got with calls that asked for a library's buffer.
fn heard_whole_lines(pair: &Pair) -> bool {
    pair.heard.is_some_and(|heard| {
        let last = heard.receives.last().map(|got| got.data);
        last.is_some_and(|data| data.asked >= LIBRARY_BUFFER && data.text.ends_with('\n'))
    })
}

fn not_flushed(pair: &Pair, thread: usize, owes: bool) -> Option<Guess> {
    let roster = pair.roster;
    let waiting = &roster.waiting[thread];
    let (name, python) = (roster.name(thread), is_python(waiting));
    let lines: Vec<String> = sources(waiting).into_iter().flatten().collect();
    let has = |parts: &[&str]| has(&lines, parts);
    let unbuffered = lines.iter().any(|line| line.contains("buffering=0"));
    let buffers = has(&["BufWriter::", "LineWriter::"])
        || !unbuffered && lines.iter().any(|line| line.contains("makefile(") && line.contains('w'));
    // who has got nothing yet has not come past the line on which it waits
    let begins = roster.heard(thread).is_none_or(|heard| heard.receives.is_empty());
    let writes = writes(&lines) && (!begins || may_have_written(&before(waiting)));
    let flushes = has(&["flush"]);
    let buffer = if python { "makefile 的文件对象" } else { "BufWriter" };
    let (fit, sentence) = match (buffers && writes, flushes) {
        (true, flushes) => {
            let when = if owes {
                "它收到以后一次也没有真正发送"
            } else {
                "还没有真正发送"
            };
            let sentence =
                format!("{name}写的话留在它自己的缓冲区（{buffer}）里，没有 flush，{when}");
            (if flushes { 50 } else { 89 }, sentence)
        }
        // nothing is known of its source
        (false, _)
            if owes
                && lines.is_empty()
                && matches!(pair.reading.goal, Goal::Line { .. } | Goal::Unknown) =>
        {
            let buffers = "BufWriter、makefile 的文件对象";
            let sentence = format!(
                "如果{name}把答复写进了自己的缓冲区（{buffers}）：没有 flush，就还没有发出去；它收到以后一次也没有真正发送"
            );
            let fit = match pair.reading.goal {
                // a line that is whole, read through a buffer as big as that of a library
                Goal::Unknown if heard_whole_lines(pair) => 43,
                Goal::Unknown => 36,
                _ => 65,
            };
            (fit, sentence)
        }
        _ => return None,
    };
    let advice = format!("{name}写完一句就 flush()");
    let finding = Finding::new(Code::BufferNotFlushed, Certainty::Candidate, sentence);
    Some(Guess::new(fit, finding.advises(advice).blames(roster, thread)))
}

fn has(lines: &[String], parts: &[&str]) -> bool {
    lines.iter().any(|line| parts.iter().any(|part| line.contains(part)))
}

/// Whether something is written in these lines, other than to the terminal.
fn writes(lines: &[String]) -> bool {
    let calls = ["write!(", "writeln!(", ".write(", ".write_all(", ".writelines("];
    let elsewhere = || has(lines, &["file=", "file =", "stdout"]);
    has(lines, &calls) || has(lines, &["print("]) && elsewhere()
}

/// Whether these functions, the innermost first, have written so far, or used a buffer that they have made: whoever got
/// it may have written.
fn may_have_written(functions: &[Vec<String>]) -> bool {
    let calls = |line: &String| {
        let line = line.trim_start();
        line.contains('(') && !line.starts_with("def ") && !line.contains("fn ")
    };
    functions.iter().enumerate().any(|(nth, lines)| {
        let mut made = lines.iter().enumerate().filter(|(_, line)| makes_buffer(line)).peekable();
        // those that it has called may have got the buffer under another name
        let given = made.peek().is_some() && functions[..nth].iter().flatten().any(calls);
        let used = |(at, line): (usize, &String)| match name_of_buffer(line) {
            Some(name) => lines[at + 1..].iter().any(|line| words(line).any(|word| word == name)),
            None => true,
        };
        writes(lines) || given || made.any(used)
    })
}

fn makes_buffer(line: &str) -> bool {
    ["makefile(", "BufWriter::", "LineWriter::"].iter().any(|part| line.contains(part))
}

/// The one name that a buffer gets where it is made; `None`: it may have been given away at once.
fn name_of_buffer(line: &str) -> Option<&str> {
    let bound = match line.split_once('=') {
        Some((bound, value)) if makes_buffer(value) => bound.split(':').next()?,
        _ if line.matches(" as ").count() > 1 => return None,
        _ => line.rsplit_once(" as ")?.1.trim_end().strip_suffix(':')?,
    };
    let name = words(bound).last()?;
    (!bound.contains([',', '('])).then_some(name)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty())
}
