//! Who received, sent or wrote only a part, or more than there was.

use course::script::Content;
use events::{Exit, FileFinding, Kind, Stream};
use judge::says_panic;

use super::ends::End;
use super::play::{FileUse, Life, Play};
use super::{Code, Mistake, stored};
use crate::failures;

/// How a program of Rust ends whose main thread panicked.
const PANICKED: i32 = 101;

/// What was found of the files that a script compares: size, and the size that it should have.
fn sizes(play: &Play) -> Vec<(u64, u64)> {
    differing(play).map(|(_, found, expected)| (found, expected)).collect()
}

/// The same, with the file: an index into those that the script compares.
fn differing(play: &Play) -> impl Iterator<Item = (usize, u64, u64)> {
    play.events.iter().filter_map(|event| match event.kind {
        Kind::File { compared, finding: FileFinding::Differs { found, expected, .. } } => {
            Some((compared, found, expected))
        }
        _ => None,
    })
}

/// Both ends of the connection, and files.
fn around(play: &Play, end: &End) -> Vec<usize> {
    let other = play.other(end).map(|other| other.terminal);
    let terminals: Vec<usize> = [Some(end.terminal), other].into_iter().flatten().collect();
    play.symptoms_and_files(&terminals)
}

/// After a receive that did not fill its buffer the whole buffer went into a file: by then the file has had more bytes than
/// were received at all. (Who collects, and writes when a buffer of its own is full, never has written more.)
pub fn buffer_written(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        end.receives.iter().find_map(|got| {
            if got.data.asked <= got.bytes {
                return None;
            }
            let next = play.next_write(got.tid, got.event)?;
            if next.asked != got.data.asked {
                return None;
            }
            let between = end
                .received_between(got.event, next.event)
                .iter()
                .any(|other| other.tid == got.tid);
            let received = stored::received(play, end.terminal, next.event);
            let written = stored::written(play, next.pid, next.path, next.event);
            if between || written <= received {
                return None;
            }
            let sentence = format!(
                "「{}」这一次只收到 {} 字节，写进文件的却是整个缓冲区，{} 字节：到这时一共收到 {received} 字节，写了 {written} 字节",
                play.name(end.terminal),
                got.bytes,
                next.asked
            );
            let failures = around(play, end);
            let code = Code::WholeBufferWritten;
            let mistake = Mistake::new(code, next.event, end.terminal, sentence, failures)
                .mend("只写收到的那几个字节：&buffer[..count]");
            // a file that may have more than was received is no mistake
            let is_wrong = stored::is_too_long(play, next.path);
            Some(if is_wrong { mistake } else { mistake.perhaps() })
        })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// Whole buffers were collected, and then written with one call: as many bytes as all the buffers have.
pub fn buffers_written(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let first = end.receives.first()?;
        let is_next = |one: &&FileUse| one.written && one.event > first.event;
        let next = play.files.iter().filter(is_next).find(|one| one.tid == first.tid)?;
        let parts = end.receives.iter().filter(|got| got.event < next.event);
        let (mut count, mut received) = (0, 0);
        for got in parts {
            if got.data.asked != first.data.asked || got.tid != first.tid {
                return None;
            }
            (count, received) = (count + 1, received + got.bytes);
        }
        if count < 2 || next.asked != first.data.asked * count || received >= next.asked {
            return None;
        }
        let sentence = format!(
            "「{}」收了 {count} 次，一共 {received} 字节，写进文件的却是 {} 字节：正好是 {count} 个缓冲区，每个 {} 字节",
            play.name(end.terminal),
            next.asked,
            first.data.asked
        );
        let failures = around(play, end);
        let code = Code::WholeBufferWritten;
        let mistake = Mistake::new(code, next.event, end.terminal, sentence, failures)
            .mend("只收集收到的那几个字节：&buffer[..count]");
        let is_wrong = stored::is_too_long(play, next.path);
        Some(if is_wrong { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// The whole buffer was sent: more than was read, or zeros at the end.
pub fn buffer_sent(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        end.sends.iter().find_map(|sent| {
            let read = play.last_read(sent.tid, sent.event);
            // who sends when a buffer of its own is full has not sent more than it has read
            let sent_so_far = || -> u64 {
                let parts = end.sends.iter().filter(|part| part.event <= sent.event);
                parts.map(|part| part.bytes).sum()
            };
            let more = read.filter(|read| {
                (1..read.asked).contains(&read.bytes)
                    && sent.bytes == read.asked
                    && sent_so_far() > stored::read(play, read.pid, sent.event)
            });
            let zeros = sent.data.tail.len() == 4 && sent.data.tail.iter().all(|byte| *byte == 0);
            let name = play.name(end.terminal);
            let sentence = match more {
                Some(read) => format!(
                    "「{name}」只读到 {} 字节，发出的却是整个缓冲区，{} 字节",
                    read.bytes, sent.bytes
                ),
                None if zeros && sizes(play).iter().all(|(found, expected)| found > expected) => {
                    format!(
                        "「{name}」发了 {} 字节，最后的都是 0：没有用到的缓冲区也发了出去",
                        sent.bytes
                    )
                }
                None => return None,
            };
            let failures = around(play, end);
            let code = Code::WholeBufferSent;
            let mistake = Mistake::new(code, sent.event, end.terminal, sentence, failures);
            // what ends in zeros may be meant so, and what is sent besides the file
            let is_wrong =
                more.is_some() && sizes(play).iter().any(|(found, wanted)| found > wanted);
            let mistake = if is_wrong { mistake } else { mistake.perhaps() };
            Some(mistake.mend("只发真正有内容的那几个字节：&buffer[..count]"))
        })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// Zero bytes were printed behind what was received.
pub fn buffer_printed(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let got = end
            .receives
            .iter()
            .find(|got| got.data.asked > got.bytes && !got.data.text.contains('\0'))?;
        let (event, line) = play
            .lines(end.terminal, Stream::Out)
            .find(|(event, line)| *event > got.event && line.text.ends_with('\0'))?;
        let zeros = line.text.chars().filter(|one| *one == '\0').count();
        let sentence = format!(
            "「{}」收到 {} 字节，印的是整个缓冲区：这一行后面有 {zeros} 个 0 字节",
            play.name(end.terminal),
            got.bytes
        );
        let failures = play.symptoms(&[end.terminal]);
        let code = Code::WholeBufferPrinted;
        let mistake = Mistake::new(code, event, end.terminal, sentence, failures);
        Some(mistake.mend("只用收到的那几个字节：&buffer[..count]"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// Whole buffers were collected, and then printed: behind all that was received stands what the last receive has left of the
/// one before.
pub fn buffers_printed(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let text = whole_text(play.other(end)?)?;
        let (last, full) = end.receives.split_last()?;
        let (asked, bytes) = (last.data.asked, text.as_bytes());
        let is_full = |got: &super::ends::Part| got.bytes == asked && got.data.asked == asked;
        let is_it =
            !full.is_empty() && full.iter().all(is_full) && (1..asked).contains(&last.bytes);
        let received = usize::try_from(end.received()).ok().filter(|all| *all == bytes.len())?;
        if !is_it || text.contains('\n') {
            return None;
        }
        let (asked, rest) = (usize::try_from(asked).ok()?, usize::try_from(last.bytes).ok()?);
        let stale = &bytes[received.checked_sub(asked)?..received - rest];
        let shown = String::from_utf8_lossy(&[bytes, stale].concat()).into_owned();
        let (event, _) = play
            .lines(end.terminal, Stream::Out)
            .find(|(event, line)| *event > last.event && line.text.contains(&shown))?;
        let sentence = format!(
            "「{}」收到 {received} 字节，印的是 {} 个整个的缓冲区：最后一次只收到 {rest} 字节，后面的 {} 字节是上一次留下的",
            play.name(end.terminal),
            end.receives.len(),
            stale.len()
        );
        let failures = play.symptoms(&[end.terminal]);
        let code = Code::WholeBufferPrinted;
        let mistake = Mistake::new(code, event, end.terminal, sentence, failures);
        Some(mistake.mend("只收集收到的那几个字节：&buffer[..count]"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// All that an end has sent, if that is text, and known.
fn whole_text(end: &End) -> Option<String> {
    let known = |sent: &super::ends::Part| {
        !sent.data.cut && !sent.data.binary && sent.data.text.len() as u64 == sent.bytes
    };
    end.sends.iter().map(|sent| known(sent).then_some(sent.data.text.as_str())).collect()
}

/// It closed a connection without having seen the end, and the other side had sent more than it received.
pub fn received_in_part(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let other = play.other(end)?;
        let over = play.over(end)?;
        let by_itself = !end.is_troubled()
            && end.saw_end.is_none()
            && !ends_by_a_crash(play, end, over)
            && play.stopped(end.terminal).is_none_or(|stopped| over < stopped)
            && play.cut().is_none_or(|cut| over < cut);
        // what comes when it has ended its part was not meant for it
        let sent: u64 =
            other.sends.iter().filter(|one| one.event < over).map(|one| one.bytes).sum();
        let received: u64 = end.received();
        // it was going to receive more, and its text broke off
        let broke = play
            .lines(end.terminal, Stream::Err)
            .any(|(_, line)| failures::says_cut(&line.text) && play.ended_badly(end.terminal));
        if !by_itself || received == 0 || sent <= received || broke {
            return None;
        }
        let sentence = format!(
            "「{}」只收了 {} 次、{received} 字节，就不收了；「{}」发了 {sent} 字节",
            play.name(end.terminal),
            end.receives.len(),
            play.name(other.terminal)
        );
        let code = Code::ReceivedOnlyPart;
        let failures = around(play, end);
        let mistake = Mistake::new(code, over, end.terminal, sentence, failures);
        let advice = "放进循环，一直收到约好的结尾：换行、说好的长度，或者 0 字节（对方不再发送）";
        // whoever ended with an error may have been about to receive the rest
        let failed = play.ended_badly(end.terminal);
        let mistake = if failed { mistake.perhaps() } else { mistake };
        Some(mistake.mend(advice))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// Nobody closed it of their own will: a process that had it was killed, or a thread that received on it panicked.
fn ends_by_a_crash(play: &Play, end: &End, over: usize) -> bool {
    let is_killed = |life: &Life| {
        let crashed = matches!(life.exit, Some(Exit::Signal(_) | Exit::Code(PANICKED)));
        life.terminal == end.terminal && life.died == Some(over) && crashed
    };
    let mut said = play.lines(end.terminal, Stream::Err).filter(|(event, _)| *event < over);
    play.processes.values().any(is_killed)
        || said.any(|(_, line)| {
            let by = |tid: i32| end.receives.iter().any(|got| got.tid == tid);
            says_panic(&line.text) && line.source.is_some_and(|source| by(source.tid))
        })
}

/// The size of a prepared file that a path names.
fn size_of(play: &Play, path: &str) -> Option<u64> {
    let named = |one: &&course::script::Prepared| path.ends_with(&format!("/{}", one.path));
    match &play.scene.prepared.iter().find(named)?.content {
        Content::Bytes(bytes) => Some(*bytes),
        Content::Text(text) => Some(text.len() as u64),
        _ => None,
    }
}

/// The other side stored what came on this connection in a file that the script compares, or that is called so in the end.
fn is_stored_as(play: &Play, end: &End, file: usize) -> bool {
    let Some(other) = play.other(end) else { return false };
    let mut written = play.files.iter().filter(|one| one.written);
    written.any(|one| {
        stored::compared(play, one.path) == Some(file) && stored::holds(play, other, one.path)
    })
}

/// It read only a part of its file, or sent only a part of what it read.
pub fn sent_in_part(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let over = end.closed.or(end.shut.map(|(event, _)| event))?;
        if end.accepted || end.is_troubled() {
            return None;
        }
        let (name, sent) = (play.name(end.terminal), end.sent());
        let of_file = |one: &&FileUse| {
            !one.written && one.pid == end.pid && size_of(play, one.path).is_some()
        };
        let first = play.files.iter().find(of_file).map(|one| one.path);
        let reads = play.files.iter().filter(of_file).filter(|one| Some(one.path) == first);
        let read: u64 = reads.map(|one| one.bytes).sum();
        let size = first.and_then(|path| size_of(play, path));
        let mut is_its = true;
        let sentence = match size {
            Some(size) if read < size && sent <= read => {
                format!(
                    "「{name}」只从文件里读了 {read} 字节，发了 {sent} 字节；文件有 {size} 字节"
                )
            }
            Some(size) if read == size && sent < read => {
                format!("「{name}」从文件里读了 {read} 字节，只发了 {sent} 字节")
            }
            // what it has in itself: the other side wrote all that it sent
            None => {
                let of_size =
                    |(_, found, expected): &(usize, u64, u64)| *found == sent && sent < *expected;
                let stored = |(file, ..): &(usize, u64, u64)| is_stored_as(play, end, *file);
                let (_, _, expected) = match differing(play).filter(of_size).find(stored) {
                    Some(own) => own,
                    // it may be another client's
                    None => {
                        is_its = false;
                        differing(play).find(of_size)?
                    }
                };
                format!("「{name}」只发了 {sent} 字节，应当有 {expected} 字节")
            }
            _ => return None,
        };
        let code = Code::SentOnlyPart;
        let mistake = Mistake::new(code, over, end.terminal, sentence, around(play, end));
        let mistake = if is_its { mistake } else { mistake.perhaps() };
        Some(mistake.mend("放进循环：读一段，全部发出（write_all），直到读到 0 字节"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// Everything was received, and the file has less.
pub fn not_written(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let all = play.other(end).is_some_and(|other| other.sent() == end.received());
        let event = end.saw_end.filter(|_| end.accepted && all)?;
        let (compared, found, received) = differing(play)
            .find(|(_, found, expected)| *expected == end.received() && found < expected)?;
        let sentence = format!(
            "「{}」收到了全部 {received} 字节，文件里却只有 {found} 字节",
            play.name(end.terminal)
        );
        let code = Code::ReceivedNotWritten;
        let failures = around(play, end);
        // the file that is too short may be another client's
        let mistake = Mistake::new(code, event, end.terminal, sentence, failures);
        let clients = play.ends.iter().filter(|one| one.accepted && one.terminal == end.terminal);
        let made = stored::made(play, &play.scene.compared[compared].path);
        let is_its = clients.count() == 1 && made.iter().any(|(_, by)| *by == end.terminal);
        let mistake = if is_its { mistake } else { mistake.perhaps() };
        Some(mistake.mend("收到的每一段都写进文件（write_all）；有缓冲的，结束之前 flush；每一段都接在后面，不要重新创建文件"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}
