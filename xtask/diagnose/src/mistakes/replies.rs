//! Answers that were never read, never sent, or sent too early.

use std::time::Duration;

use course::script::{Action, Practice};
use events::{Activity, Call, CallResult, Exit, Kind, Object, Stream};

use super::ends::{End, Part};
use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::{FileUse, Play};
use super::{Code, Mistake, stored};

/// Nobody's time is up before.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a program is given whose file is typed.
const KEYBOARD: &str = "/dev/stdin";

/// It answered, and only then wrote the file with what it had received, or gave it its name.
pub fn before_stored(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let terminal = end.terminal;
        let demanded = play.demands(terminal, |one| one == Practice::StoreFirst);
        // where a script does not say that nothing is sent before, what comes first may be no answer
        let is_demanded = !demanded.is_empty();
        let sent = if is_demanded { end.sends.first() } else { end.sends.last() };
        let sent = sent.filter(|_| end.accepted && (is_demanded || end.received() > 0))?;
        let late = stored_late(play, end, sent)?;
        let (what, advice) = (late.what(play), late.advice());
        let sentence = format!(
            "「{}」回复 {} 的时候，{what}：要是后面出了错，客户端却以为成功了",
            play.name(terminal),
            end.peer
        );
        let mut failures = demanded;
        failures.extend(play.files_of(&[terminal]));
        let code = Code::ReplyBeforeStored;
        let mistake = Mistake::new(code, sent.event, terminal, sentence, failures).mend(advice);
        Some(if is_demanded { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// What was done only after an answer, of the file that holds what was received.
enum Late<'a> {
    /// This file was written to, and then not for the last time.
    Written(&'a str),
    /// Nothing had been written into this file: all lay in the program's own memory.
    Begun(&'a str),
    /// It got its name.
    Named(&'a str),
}

impl Late<'_> {
    fn what(&self, play: &Play) -> String {
        match self {
            Late::Written(path) => {
                format!("文件（{}）还没有写完", stored::name_of(play, path))
            }
            Late::Begun(path) => format!(
                "文件（{}）里一个字节也还没有写（write(2)）：收到的还在程序自己的内存里，回复以后才写",
                stored::name_of(play, path)
            ),
            Late::Named(name) => format!("文件还没有它的名字（{name}）"),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Late::Written(_) | Late::Begun(_) => {
                "先写完、改好名字（rename），最后才回复；用了 BufWriter，回复之前先 flush：没有 flush，数据还在它的缓冲区里"
            }
            Late::Named(_) => "先写完、改好名字（rename），最后才回复",
        }
    }
}

/// What was done only after this send, of the file that holds what was received.
fn stored_late<'a>(play: &Play<'a>, end: &End, sent: &Part) -> Option<Late<'a>> {
    let later = sent.event..until(play, end);
    let holds = |one: &&FileUse| {
        one.written && one.bytes > 0 && one.tid == sent.tid && stored::holds(play, end, one.path)
    };
    let late = play.files.iter().filter(|one| later.contains(&one.event)).find(holds);
    if let Some(one) = late {
        let before = |other: &&FileUse| {
            let is_before = (end.opened..sent.event).contains(&other.event);
            // it may lie in another file, from which it is copied
            let is_it = || other.path == one.path || stored::holds(play, end, other.path);
            is_before && other.written && other.bytes > 0 && is_it()
        };
        return Some(match play.files.iter().any(|other| before(&other)) {
            true => Late::Written(one.path),
            false => Late::Begun(one.path),
        });
    }
    play.deeds_of(end.terminal).find_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Rename { from, to }, outcome: CallResult::Done(_) }
            if deed.tid == sent.tid
                && later.contains(&deed.event)
                && (stored::holds_named(play, end, from)
                    || end.received() == 0 && stored::is_empty(play, from, to)) =>
        {
            Some(Late::Named(to))
        }
        _ => None,
    })
}

/// Until when what is written may be what came on this connection: it is closed, and somebody else has come.
fn until(play: &Play, end: &End) -> usize {
    let Some(closed) = end.closed else { return usize::MAX };
    let others = play.ends.iter().filter(|one| one.accepted && one.terminal == end.terminal);
    others.map(|one| one.opened).filter(|opened| *opened > closed).min().unwrap_or(usize::MAX)
}

/// It printed what it should have received, and had received nothing.
pub fn not_read(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let terminal = end.terminal;
        let first = end.receives.first().map_or(usize::MAX, |got| got.event);
        let is_expected = |text: &str| {
            play.scene.lines.iter().any(|expected| {
                play.scene.lanes[expected.lane].terminal == terminal
                    && expected.pattern.matches_alone(text, expected.counter)
            })
        };
        let (event, line) = play.lines(terminal, Stream::Out).find(|(event, line)| {
            *event > end.opened && *event < first && is_expected(&line.text)
        })?;
        // datagrams, too, and what others of its processes hand over
        let already = play.deeds_of(terminal).any(|deed| {
            deed.event < event
                && matches!(
                    deed.activity,
                    Activity::Leave {
                        call: Call::Receive {
                            object: Object::Connection { .. }
                                | Object::Socket { .. }
                                | Object::Pipe { .. }
                                | Object::Other,
                            ..
                        },
                        outcome: CallResult::Done(1..),
                    }
                )
        });
        if already {
            return None;
        }
        let sentence = format!(
            "「{}」印「{}」的时候，还没有从连接里收到过一个字节：这句话不是收来的",
            play.name(terminal),
            line.text
        );
        let code = Code::PrintedWithoutReceiving;
        let failures = Follows::new(play, terminal, event)
            .shown(terminal, event, |failure| {
                failure.event == Some(event) && PRINTED.contains(&failure.rule)
            })
            .demands(|one| matches!(one, Practice::ReceiveFirst | Practice::HalfClose))
            .in_others()
            .all();
        let mistake = Mistake::new(code, event, terminal, sentence, failures);
        Some(mistake.mend("先接收（read），再印收到的内容；没有收到，就是没有成功"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// What is typed into it is what it should send: it said that it had sent all, and had neither read nor sent a byte.
pub fn input_not_read(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let terminal = end.terminal;
        let name = play.name(terminal);
        let is_typed = play
            .scene
            .directions
            .iter()
            .any(|step| step.terminal == terminal && matches!(step.action, Action::Type(_)));
        let why = match play.has_argument(terminal, KEYBOARD) {
            true => format!("命令行叫「{name}」传 {KEYBOARD}，就是标准输入"),
            false if is_typed => format!("剧本在「{name}」的键盘上输入，要它传的就是这些"),
            false => return None,
        };
        let over = end.shut.map(|(event, _)| event).or(end.closed)?;
        let reads = play.deeds_of(terminal).any(|deed| match deed.activity {
            Activity::Enter(Call::Receive { object, .. })
            | Activity::Leave { call: Call::Receive { object, .. }, .. } => {
                deed.event < over && *object == Object::Input
            }
            _ => false,
        });
        // whoever reads in another way has something to send
        let is_silent = end.sends.is_empty() && !end.is_troubled();
        let other = play.other(end);
        let answered = end.receives.first().is_some_and(|got| got.event < over);
        let is_first = other.is_none_or(|other| other.closed.is_none_or(|closed| closed > over));
        let only = play.ends.iter().filter(|one| one.terminal == terminal).count() == 1;
        if end.accepted || reads || !is_silent || answered || !is_first || !only {
            return None;
        }
        let sentence =
            format!("{why}；它一次也没有读标准输入（read），就说自己发完了，发了 0 字节");
        let mut follows = Follows::new(play, terminal, over).own(&BROKEN_OFF).own(&PRINTED);
        if let Some(server) = other.map(|other| other.terminal) {
            follows = follows.shown(server, over, |_| true).also(play.files_of(&[server]));
        }
        let failures = follows.in_others().all();
        let mistake = Mistake::new(Code::InputNotRead, over, terminal, sentence, failures);
        Some(mistake.mend(
            "读到 0 字节为止，不要照文件的长度读：键盘、管道、/dev/stdin 的长度（metadata）是 0",
        ))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// It waits for the answer, and the other side, which has got all, for more: until the time was up, or the other side had
/// enough. (Who waits for ever is told by the shapes of standstills.)
pub fn half_close(play: &Play) -> Vec<Mistake> {
    if play.events.iter().any(|event| matches!(event.kind, Kind::Stuck { .. })) {
        return Vec::new();
    }
    let look = |end: &End| {
        let (other, waits) = waits_for_each_other(play, end)?;
        let (name, bytes) = (play.name(end.terminal), end.sent());
        let sentence = format!(
            "「{name}」发了 {bytes} 字节，没有半关闭（shutdown）就去收回复；「{}」收到了这 {bytes} 字节，不知道后面还有没有，还在等",
            play.name(other.terminal)
        );
        let failures = Follows::new(play, end.terminal, waits)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .demands(|one| matches!(one, Practice::HalfClose | Practice::ReceiveFirst))
            .in_others()
            .all();
        if play.scene.is_given(end.terminal) {
            let sentence = format!(
                "「{name}」发了 {bytes} 字节，就在等回复，不半关闭（shutdown）：它是给好的，就该这样；「{}」收到了这 {bytes} 字节，没有回复，还在等后面的",
                play.name(other.terminal)
            );
            let code = Code::AnswerNeverComes;
            let mistake = Mistake::new(code, waits, other.terminal, sentence, failures);
            return Some(mistake.perhaps().mend(
                "收到约好的就够，马上回复：按行的收到换行，说好长度的收够那么多；不要等流的末尾",
            ));
        }
        let code = Code::HalfCloseMissing;
        let mistake = Mistake::new(code, waits, end.terminal, sentence, failures)
            .mend("发完之后关闭发送的一半：shutdown(Shutdown::Write)，再收回复");
        // the other side may as well know by itself when it has all
        let is_demanded = play.scene.demands.iter().any(|demand| {
            demand.terminal == end.terminal && demand.practice == Practice::HalfClose
        });
        Some(if is_demanded { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// The other end, and since when this one, a client's that has not half-closed, waits for an answer, while the other, which has
/// got all, waits for more: still, or until its time was up.
fn waits_for_each_other<'a>(play: &'a Play, end: &End) -> Option<(&'a End<'a>, usize)> {
    let other = play.other(end).filter(|_| !end.accepted)?;
    let last = end.sends.last()?.event;
    let waits = play.deeds_of(end.terminal).find(|deed| {
        let Activity::Enter(Call::Receive { object, .. }) = deed.activity else { return false };
        deed.event > last && *object == Object::Connection { local: end.local, peer: end.peer }
    })?;
    let over = other.closed.or(play.cut())?;
    let still = |at: Option<usize>| at.is_none_or(|at| at > over);
    let is_open = end.shut.is_none() && still(end.closed) && still(other.saw_end);
    let got_all = other.received() == end.sent() && other.sends.is_empty();
    let asked_again = other
        .waited_at(over)
        .is_some_and(|since| other.receives.last().is_none_or(|got| got.event < since));
    let is_it = is_open && got_all && asked_again && end.receives.is_empty() && waits.event <= over;
    is_it.then_some((other, waits.event))
}

/// It closed a connection without having sent anything, and the other side waited for it.
pub fn not_sent(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let other = play.other(end).filter(|_| end.accepted)?;
        let closed = play.over(end)?;
        let ended = play.ended(end.terminal);
        // who waited for more until then is told by the rule above
        let waited = end.is_troubled() || end.waits.is_some();
        let well = ended.is_none_or(|(_, exit)| exit == Exit::Code(0)) && !waited;
        let asked = other.saw_end.is_some_and(|asked| asked > closed) && other.received() == 0;
        let stopped = play.stopped(end.terminal).is_some_and(|stopped| stopped < closed);
        // whoever has got what it should has only waited for the end
        let lacks = !play
            .failures(|one| one.subject.terminal(play.scene) == Some(other.terminal))
            .is_empty();
        if !end.sends.is_empty()
            || !well
            || !lacks
            || !asked
            || stopped
            || had_no_more_time(play, end, closed)
        {
            return None;
        }
        let sentence = format!(
            "「{}」一个字节也没有发给「{}」，就关闭了连接；那边在等它说话",
            play.name(end.terminal),
            play.name(other.terminal)
        );
        let failures = play.symptoms(&[end.terminal, other.terminal]);
        let code = Code::NothingSent;
        let mistake = Mistake::new(code, closed, end.terminal, sentence, failures);
        Some(mistake.mend("关闭之前，把该说的发出去（write_all）；用了 BufWriter，还要 flush"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// It may have waited for more until its time was up: it was not told that nothing more comes, and time passed. (Of a poll or a
/// sleep nothing is known here but that.)
fn had_no_more_time(play: &Play, end: &End, closed: usize) -> bool {
    let last = end.receives.last().map_or(end.opened, |got| got.event);
    let passed = play.events[closed].at.saturating_sub(play.events[last].at);
    end.saw_end.is_none() && passed >= PATIENCE
}
