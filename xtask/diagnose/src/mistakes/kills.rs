//! Signals to children.

use std::time::Duration;

use course::script::{Mechanism, Practice};
use events::{Activity, Call, CallResult, Exit, Stream};
use judge::{Rule, Subject};
use nix::libc::ESRCH;

use super::play::{Deed, Life, Play};
use super::{Code, Mistake};

/// A signal that was sent by a program of a terminal.
struct Sent {
    event: usize,
    from: i32,
    /// The thread that sent it.
    tid: i32,
    to: i32,
    signal: i32,
}

/// Who got it.
enum Receiver {
    /// A living child of the program.
    Child,
    /// Somebody else, in words.
    Other(String),
    /// A group without anybody in it.
    Nobody,
    /// Nobody knows: it was sent to a group, and what is ignored there is not seen.
    Unknown,
}

/// What is wrong with the signals of programs that must terminate a child.
pub fn find(play: &Play) -> Vec<Mistake> {
    let demanded = play.scene.demands.iter().filter(|one| one.practice == Practice::TerminateChild);
    demanded.filter_map(|demand| look(play, demand.terminal)).collect()
}

fn look(play: &Play, terminal: usize) -> Option<Mistake> {
    let sent = sent(play, terminal);
    let mut failures =
        play.failures(|failure| failure.subject.terminal(play.scene) == Some(terminal));
    failures.extend(play.orphans_of(terminal));
    let name = play.name(terminal);
    let (child, life) = play.children(terminal).first().copied()?;
    let real: Vec<&Sent> = sent.iter().filter(|one| one.signal > 0).collect();
    // who has tried the child's group may still have sent it to the child
    let meant = real.iter().find(|one| !matches!(receiver(play, one), Receiver::Nobody));
    let Some(first) = meant.or(real.first()).copied() else {
        return never(play, terminal, !sent.is_empty(), failures);
    };
    let whom = match receiver(play, first) {
        Receiver::Child => None,
        Receiver::Unknown => return None,
        Receiver::Nobody => {
            Some(format!("进程组 {}，那时没有这个进程组（ESRCH）", first.to.unsigned_abs()))
        }
        Receiver::Other(whom) => Some(whom),
    };
    if let Some(whom) = whom {
        let sentence = format!("「{name}」把信号发给了{whom}；它的子进程是 {child}");
        let code = Code::SignalToWrongProcess;
        let mistake = Mistake::new(code, first.event, terminal, sentence, failures);
        return Some(mistake.mend("信号发给 fork 返回的那个编号（子进程的 pid）"));
    }
    // a helper of its own may be another child
    let (child, life) =
        play.processes.get_key_value(&first.to).map_or((child, life), |(pid, life)| (*pid, *life));
    if first.signal == 9 {
        let sentence =
            format!("「{name}」发给子进程 {child} 的是 SIGKILL：它不能被接住，子进程没有机会收尾");
        let mistake = Mistake::new(Code::KilledOutright, first.event, terminal, sentence, failures);
        return Some(mistake.mend("请求结束用 SIGTERM；SIGKILL 留给不理会 SIGTERM 的进程"));
    }
    let missing = play.failures(|failure| {
        let lane = matches!(failure.subject, Subject::Lane(lane) if play.scene.lanes[lane].terminal == terminal);
        failure.rule == Rule::Missing && lane
    });
    let (born, killed) = (play.events[life.born].at, play.events[first.event].at);
    let (printed, wanted) = (lines_of(play, terminal, child), lines_wanted(play, terminal));
    let is_early = life.exit == Some(Exit::Signal(first.signal)) && printed < wanted;
    // so long the course lets a child work
    let enough = killed.saturating_sub(born) >= Duration::from_secs(1);
    if missing.is_empty() || !is_early || enough {
        return None;
    }
    let sentence = format!(
        "「{name}」创建子进程 {child} 之后 {:.1} 秒就终止了它：它只印了 {printed} 行，至少要 {wanted} 行",
        killed.saturating_sub(born).as_secs_f64()
    );
    let mistake = Mistake::new(Code::TerminatedTooEarly, first.event, terminal, sentence, missing);
    Some(mistake.mend("先让子进程做一会儿（这一课是 1 秒），再终止它"))
}

/// A child that should be waited for was terminated before it had printed all its lines.
pub fn not_waited_for(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let demanded = |one: &course::script::Demand| {
            one.terminal == terminal && one.practice == Practice::TerminateChild
        };
        let missing = play.failures(|failure| {
            let lane = matches!(failure.subject, Subject::Lane(lane) if play.scene.lanes[lane].terminal == terminal);
            failure.rule == Rule::Missing && lane
        });
        if missing.is_empty() || play.scene.demands.iter().any(demanded) {
            return None;
        }
        let sent = sent(play, terminal);
        let (one, life) = sent.iter().filter(|one| one.signal > 0).find_map(|one| {
            let life = play.processes.get(&one.to).filter(|life| life.parent.is_some())?;
            let is_killed = life.exit == Some(Exit::Signal(one.signal));
            (is_killed && life.terminal == terminal).then_some((one, life))
        })?;
        let (printed, wanted) = (lines_of(play, terminal, one.to), lines_wanted(play, terminal));
        if printed >= wanted {
            return None;
        }
        let worked = play.events[one.event].at.saturating_sub(play.events[life.born].at);
        let sentence = format!(
            "「{}」创建子进程 {} 之后 {:.1} 秒就终止了它：它只印了 {printed} 行，至少要 {wanted} 行",
            play.name(terminal),
            one.to,
            worked.as_secs_f64()
        );
        let code = Code::TerminatedTooEarly;
        let mistake = Mistake::new(code, one.event, terminal, sentence, missing);
        Some(mistake.mend("等它自己做完：waitpid(2)，课里的 join；睡一段时间不是等"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

fn receiver(play: &Play, sent: &Sent) -> Receiver {
    // a helper of the program may send it, too: `kill(1)`
    let its = play.processes.get(&sent.from).map(|life| life.terminal);
    let is_child = |pid: i32, event: usize| {
        let is_made = |life: &Life| Some(life.terminal) == its && life.parent.is_some();
        let life = play.processes.get(&pid);
        pid != sent.from && life.is_some_and(|life| is_made(life) && life.is_alive(event))
    };
    match sent.to {
        0 => Receiver::Other("自己的整个进程组（kill 的第一个参数是 0）".to_owned()),
        -1 => Receiver::Other("它能发到的每一个进程（kill 的第一个参数是 -1）".to_owned()),
        ..-1 => receiver_in_group(play, sent, is_child),
        to if is_child(to, sent.event) => Receiver::Child,
        to if to == sent.from => Receiver::Other("它自己".to_owned()),
        to => Receiver::Other(format!("{to}，那不是它还活着的子进程")),
    }
}

/// The same of a signal to a group: of a group nobody tells who is in it, only whom a signal reached.
fn receiver_in_group(play: &Play, sent: &Sent, is_child: impl Fn(i32, usize) -> bool) -> Receiver {
    let later = || play.deeds.iter().filter(|deed| deed.event > sent.event);
    let is_it = |deed: &Deed| {
        let Activity::Signal { number, from } = deed.activity else { return false };
        (*from, *number) == (Some(sent.from), sent.signal)
    };
    let reached = later().any(|deed| is_it(deed) && is_child(deed.pid, deed.event));
    let same = play.deeds.iter().filter(|deed| {
        let Activity::Enter(Call::Kill { signal, .. }) = deed.activity else { return false };
        (deed.pid, *signal) == (sent.from, sent.signal)
    });
    let is_the_only_one = same.count() == 1;
    let outcome = later().find_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Kill { target, signal }, outcome }
            if (deed.tid, *target, *signal) == (sent.tid, sent.to, sent.signal) =>
        {
            Some(*outcome)
        }
        _ => None,
    });
    // SIGKILL reaches nobody who could tell; a child's own group has the child's number
    let leader = sent.to.saturating_neg();
    let is_killed = |leader| {
        let exit = play.processes.get(leader).and_then(|life| life.exit);
        is_child(*leader, sent.event) && exit == Some(Exit::Signal(sent.signal))
    };
    match outcome {
        _ if is_the_only_one && later().any(|deed| is_it(deed) && deed.pid == sent.from) => {
            let own = format!("它自己所在的整个进程组（kill 的第一个参数是 {}）", sent.to);
            Receiver::Other(own)
        }
        _ if reached => Receiver::Child,
        Some(CallResult::Failed(ESRCH)) => Receiver::Nobody,
        Some(CallResult::Done(_)) if is_killed(&leader) => Receiver::Child,
        _ => Receiver::Unknown,
    }
}

/// How many lines a process printed.
fn lines_of(play: &Play, terminal: usize, pid: i32) -> u64 {
    let lines = play.lines(terminal, Stream::Out);
    let its = lines.filter(|(_, line)| line.source.is_some_and(|source| source.pid == pid));
    its.map(|(_, line)| line.count).sum()
}

/// How many lines a script wants of the children of a terminal, at least.
fn lines_wanted(play: &Play, terminal: usize) -> u64 {
    let of_child = |line: &&course::script::Expected| {
        let lane = &play.scene.lanes[line.lane];
        lane.terminal == terminal && lane.mechanism == Some(Mechanism::Process)
    };
    play.scene.lines.iter().filter(of_child).map(|line| *line.times.start()).sum()
}

fn never(play: &Play, terminal: usize, asked: bool, failures: Vec<usize>) -> Option<Mistake> {
    let name = play.name(terminal);
    let (event, _) = play.ended(terminal).or_else(|| play.cut().map(|cut| (cut, Exit::Code(0))))?;
    let what = match asked {
        true => "只发过 0 号信号，它只问那个进程还在不在",
        false => "没有发过信号",
    };
    let sentence = format!("「{name}」没有终止子进程：{what}");
    let mistake = Mistake::new(Code::ChildNeverTerminated, event, terminal, sentence, failures);
    Some(mistake.mend("1 秒之后给子进程发 SIGTERM（kill(2)，课里的 terminate），再等它结束"))
}

fn sent(play: &Play, terminal: usize) -> Vec<Sent> {
    let sent = play.deeds_of(terminal).filter_map(|deed| match deed.activity {
        Activity::Enter(Call::Kill { target, signal })
        | Activity::Leave { call: Call::Kill { target, signal: signal @ 0 }, .. } => {
            let (from, tid) = (deed.pid, deed.tid);
            Some(Sent { event: deed.event, from, tid, to: *target, signal: *signal })
        }
        _ => None,
    });
    sent.collect()
}
