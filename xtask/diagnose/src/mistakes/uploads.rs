//! Names of files that were received.

use course::script::{Compared, Content, Practice, Prepared};
use events::{Activity, Call, CallResult, FileFinding, Kind, Object};
use judge::{Rule, Subject};
use nix::errno::Errno;

use super::ends::End;
use super::follows::{BROKEN_OFF, Follows};
use super::play::Play;
use super::stored::{holds, is, made, named_after};
use super::{Code, Mistake};

/// The failures of a file.
fn of_file(play: &Play, path: &str) -> Vec<usize> {
    play.failures(|failure| failure.subject == Subject::File(path.to_owned()))
}

/// Files of two clients had the same name.
pub fn same_name(play: &Play) -> Vec<Mistake> {
    let look = |name: &str| {
        let by = |event: usize, terminal: usize| {
            let open = play.ends.iter().filter(|end| {
                end.accepted && end.terminal == terminal && end.opened < event && end.received() > 0
            });
            open.map(|end| end.opened).next_back()
        };
        let mut all = made(play, name);
        all.sort_unstable();
        let (first, terminal) = *all.first()?;
        let (second, _) =
            *all.iter().find(|(event, _)| by(*event, terminal) != by(first, terminal))?;
        let sentence = format!(
            "「{}」把两个客户端的文件都存成了 {name}：后一个顶替了前一个",
            play.name(terminal)
        );
        let mut failures = play.files_of(&[terminal]);
        failures.extend(play.failures_of(terminal, &[Rule::Stderr]));
        if !failures.is_empty() {
            failures.extend(play.waited_for(terminal));
        }
        let code = Code::SameNameTwice;
        // whose bytes it were is known by the order only
        let mistake = Mistake::new(code, second, terminal, sentence, failures).perhaps();
        Some(mistake.mend(
            "每个文件一个新的编号：找最小的空号；给名字的时候不覆盖已有的（link、create_new）",
        ))
    };
    let names = play.scene.compared.iter().filter(|one| one.content.is_some());
    names.filter_map(|one| look(&one.path)).take(1).collect()
}

/// A file that was there before, and had to stay, was written.
pub fn overwritten(play: &Play) -> Vec<Mistake> {
    let is_kept = |prepared: &&Prepared| {
        play.scene.compared.iter().any(|compared| {
            compared.path == prepared.path && compared.content.as_ref() == Some(&prepared.content)
        })
    };
    let look = |prepared: &Prepared| {
        let (event, terminal) = made(play, &prepared.path).into_iter().next()?;
        let serves = play.ends.iter().any(|end| end.terminal == terminal && end.accepted);
        // a server that is to fail keeps it because there is nothing to put in its place
        if of_file(play, &prepared.path).is_empty() || serves && play.is_to_fail(terminal) {
            return None;
        }
        let sentence = format!(
            "「{}」写了 {}，那是原来就有的文件：它的内容没有了",
            play.name(terminal),
            prepared.path
        );
        let code = Code::ExistingFileOverwritten;
        let mistake = Mistake::new(code, event, terminal, sentence, play.files_of(&[terminal]));
        Some(mistake.mend(match serves {
            true => "已经有的名字跳过去，用下一个空号；创建的时候用 create_new，不用 create",
            false => "这一次不该动它：先写进临时的名字，一切都好了再改名（rename）顶替",
        }))
    };
    play.scene.prepared.iter().filter(is_kept).filter_map(look).take(1).collect()
}

/// A file had its final name before it was received to its end.
pub fn half_file(play: &Play) -> Vec<Mistake> {
    let look = |name: &str, size: Option<u64>| {
        let early = play.files.iter().find(|one| {
            let from = |end: &&End| {
                end.accepted
                    && end.receives.iter().any(|got| got.tid == one.tid && got.event < one.event)
            };
            let open = || play.ends.iter().rev().find(|end| from(end) && end.opened < one.event);
            one.written
                && is(one.path, name)
                && open().is_some_and(|end| is_unfinished(end, one.event, size))
        })?;
        let terminal = play.processes.get(&early.pid)?.terminal;
        let sentence = format!(
            "「{}」还没有收到文件结束，就写在正式的名字 {name} 下面：中途断了，留下的是半个文件",
            play.name(terminal)
        );
        let practice = Practice::NameLast.to_string();
        let failures = play.failures(|failure| match failure.rule {
            Rule::Mechanism => {
                failure.subject == Subject::Terminal(terminal)
                    && failure.expected.as_deref() == Some(practice.as_str())
            }
            Rule::File => failure.detail.contains("不应当有"),
            _ => false,
        });
        let code = Code::HalfFileLeft;
        let mistake = Mistake::new(code, early.event, terminal, sentence, failures);
        Some(mistake.mend("先写进临时的名字，收完整了再改名（rename）；没有收完就删掉"))
    };
    let names = play.scene.compared.iter();
    let names = names.filter_map(|one| Some((&one.path, size_of(play, one.content.as_ref()?))));
    names.filter_map(|(name, size)| look(name, size)).take(1).collect()
}

/// What was written of a file at this event cannot have been all: less had come than the file has, or the next that came was the
/// end, or an error. Whoever was told a length needs no end.
fn is_unfinished(end: &End, event: usize, size: Option<u64>) -> bool {
    if end.saw_end.is_some_and(|over| over < event) {
        return false;
    }
    let before = end.receives.iter().filter(|got| got.event < event);
    let came: u64 = before.map(|got| got.bytes).sum();
    let next = end.receives.iter().map(|got| got.event).find(|got| *got > event);
    let answered = end.sends.iter().map(|sent| sent.event).find(|sent| *sent > event);
    let over = end.saw_end.or(end.failed.map(|(failed, _)| failed)).filter(|over| *over > event);
    let ends_next =
        over.is_some_and(|over| next.into_iter().chain(answered).all(|other| over < other));
    match size {
        Some(size) => came < size || ends_next,
        None => next.is_some() || ends_next,
    }
}

/// The first receive of an end to which a reset was told: when.
fn reset(play: &Play, end: &End) -> Option<usize> {
    let its = Object::Connection { local: end.local, peer: end.peer };
    let told = CallResult::Failed(Errno::ECONNRESET as i32);
    let deeds = play.deeds_of(end.terminal).filter(|deed| deed.event > end.opened);
    deeds.into_iter().find_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Receive { object, .. }, outcome }
            if *object == its && *outcome == told =>
        {
            Some(deed.event)
        }
        _ => None,
    })
}

/// A connection was reset, and what had come by then was kept as if it were all.
pub fn half_kept(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let broke = reset(play, end).filter(|_| end.accepted && end.saw_end.is_none())?;
        let bytes = end.received();
        let name = named_after(play, end, broke).filter(|_| bytes > 0)?;
        let terminal = end.terminal;
        let sentence = format!(
            "「{}」和客户端 {} 的连接断了（ECONNRESET），收到的 {bytes} 字节还是存成了 {name}：没有传完的，当成了传完的",
            play.name(terminal),
            end.peer
        );
        let failures = Follows::new(play, terminal, broke)
            .own(&BROKEN_OFF)
            .in_others()
            .also(play.files_of(&[terminal]))
            .all();
        let code = Code::HalfFileLeft;
        let mistake = Mistake::new(code, broke, terminal, sentence, failures);
        Some(mistake.mend(
            "接收返回错误，不是文件结束：只有读到 0 个字节才是收完了；出了错就删掉收到的，不起名、不回复",
        ))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// How many bytes a file must have, if that is known here.
fn size_of(play: &Play, content: &Content) -> Option<u64> {
    match content {
        Content::Bytes(bytes) => Some(*bytes),
        Content::Text(text) => Some(text.len() as u64),
        Content::File(path) => {
            let same = play.scene.prepared.iter().find(|one| one.path == *path)?;
            match &same.content {
                Content::Bytes(bytes) => Some(*bytes),
                Content::Text(text) => Some(text.len() as u64),
                _ => None,
            }
        }
        Content::Lesson(_) => None,
    }
}

/// The file that is wanted is missing, or another one has its name, and there is one of another name.
pub fn elsewhere(play: &Play) -> Vec<Mistake> {
    // with the size that it should have; of a missing one that may not be known
    let wrong: Vec<(&Compared, Option<u64>)> = play
        .events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::File { compared, finding: FileFinding::Missing } => {
                let wanted = &play.scene.compared[compared];
                Some((wanted, size_of(play, wanted.content.as_ref()?)))
            }
            Kind::File { compared, finding: FileFinding::Differs { expected, .. } } => {
                Some((&play.scene.compared[compared], Some(expected)))
            }
            _ => None,
        })
        .collect();
    let look = |event: usize, path: &str, bytes: u64| {
        let (wanted, _) = wrong.iter().find(|(_, size)| size.is_none_or(|size| size == bytes))?;
        let server = play.ends.iter().find(|end| end.accepted && end.received() == bytes)?;
        let terminal = server.terminal;
        let sentence = format!(
            "「{}」把收到的 {bytes} 字节存成了 {path}，应当是 {}",
            play.name(terminal),
            wanted.path
        );
        let mut failures = play.files_of(&[terminal]);
        // what it says of its files has their names
        failures.extend(play.failures(|failure| {
            let named = failure.expected.as_deref().is_some_and(|text| text.contains(&wanted.path));
            failure.rule == Rule::Stderr
                && failure.subject.terminal(play.scene) == Some(terminal)
                && named
        }));
        let code = Code::WroteElsewhere;
        // it may be the file of another client
        let mistake = Mistake::new(code, event, terminal, sentence, failures).perhaps();
        Some(mistake.mend(DEFAULT_NAME))
    };
    let strays = play.events.iter().enumerate().filter_map(|(event, one)| match &one.kind {
        Kind::StrayFile { path, bytes } => look(event, path, *bytes),
        _ => None,
    });
    let found: Vec<Mistake> = strays.take(1).collect();
    let was_compared = || play.events.iter().any(|event| matches!(event.kind, Kind::File { .. }));
    if found.is_empty() && !was_compared() { named_otherwise(play) } else { found }
}

/// The scene was cut before its files were compared: all that came on a connection stands in a file that has another name than
/// the one of this size.
fn named_otherwise(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let bytes = end.received();
        end.saw_end.filter(|_| end.accepted && bytes > 0)?;
        let (event, name) = kept_as(play, end, bytes)?;
        let mut of_this_size = play.scene.compared.iter().filter(|one| {
            let was_there = play.scene.prepared.iter().any(|prepared| prepared.path == one.path);
            let size = one.content.as_ref().and_then(|content| size_of(play, content));
            !was_there && size == Some(bytes)
        });
        // of two the other may be this client's
        let wanted = of_this_size.next().filter(|_| of_this_size.next().is_none())?;
        if is(&name, &wanted.path) {
            return None;
        }
        let terminal = end.terminal;
        let told = play.failures(|failure| {
            let named = failure.expected.as_deref().is_some_and(|text| text.contains(&wanted.path));
            failure.rule == Rule::Stderr
                && failure.subject.terminal(play.scene) == Some(terminal)
                && named
        });
        if told.is_empty() {
            return None;
        }
        let sentence = format!(
            "「{}」把从 {} 收到的 {bytes} 字节存成了 {name}，应当是 {}",
            play.name(terminal),
            end.peer,
            wanted.path
        );
        let failures = told.into_iter().chain(play.waited_for(terminal)).collect();
        let code = Code::WroteElsewhere;
        // another client may have sent as many
        let mistake = Mistake::new(code, event, terminal, sentence, failures).perhaps();
        Some(mistake.mend(DEFAULT_NAME))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// The name that the file got into which all of what came on this connection was written: when, and which, as it was given.
fn kept_as(play: &Play, end: &End, bytes: u64) -> Option<(usize, String)> {
    let last = end.receives.last()?;
    let written = play.files.iter().filter(|one| one.written && one.event > end.opened);
    let whole = written.filter(|one| {
        one.tid == last.tid
            && holds(play, end, one.path)
            && play
                .files
                .iter()
                .filter(|other| other.written && other.path == one.path)
                .filter(|other| (end.opened..=one.event).contains(&other.event))
                .map(|other| other.bytes)
                .sum::<u64>()
                == bytes
    });
    whole.into_iter().find_map(|one| {
        play.deeds_of(end.terminal).find_map(|deed| match deed.activity {
            Activity::Leave { call: Call::Rename { from, to }, outcome: CallResult::Done(_) }
                if deed.event > one.event && (is(one.path, from) || is(from, one.path)) =>
            {
                Some((deed.event, to.clone()))
            }
            _ => None,
        })
    })
}

const DEFAULT_NAME: &str =
    "文件叫什么、存在哪里，照命令行的参数（--out、--dir），没有写才用这一课默认的";
