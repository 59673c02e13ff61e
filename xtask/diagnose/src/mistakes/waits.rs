//! Who ended, or printed, before others were done.

use course::script::{Expected, Lane, Mechanism, Practice};
use events::{Activity, Call, CallResult, Exit, Line, Source, Stream};
use judge::{Rule, Subject};

use super::play::{Life, Play};
use super::{Code, Mistake};

/// The first process returned while threads of it had lines to print: they end with it. (Threads that wait for more work, or that
/// nobody is to wait for, may end so.)
pub fn threads_left(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (died, exit) = play.ended(terminal)?;
        let root = play.root(terminal)?;
        let left = |(_, life): &&(i32, Life)| {
            life.parent == Some(root) && life.died.is_none_or(|end| end >= died)
        };
        let threads = play.threads(terminal);
        let left: Vec<i32> = threads.iter().filter(left).map(|(tid, _)| *tid).collect();
        let broken_off: Vec<_> =
            left.iter().filter_map(|tid| broken_off(play, terminal, *tid)).collect();
        let silent = || left.iter().filter(|tid| lines_of(play, terminal, **tid) == 0).count();
        let what = match broken_off.first() {
            Some((tid, printed, wanted)) => {
                format!("线程 {tid} 只印了 {printed} 行，应当有 {wanted} 行")
            }
            None if has_silent_lane(play, terminal) && silent() > 0 => {
                "它们一行也没有印".to_owned()
            }
            None => return None,
        };
        if exit != Exit::Code(0) {
            return None;
        }
        let count = if broken_off.is_empty() { silent() } else { broken_off.len() };
        let name = play.name(terminal);
        let sentence = format!(
            "「{name}」的 main 结束时，还有 {count} 个线程没有结束（{what}）：main 一结束，整个进程就结束，它们跟着没了"
        );
        let failures = of_threads(play, terminal);
        let mistake = Mistake::new(Code::ThreadsLeftBehind, died, terminal, sentence, failures)
            .mend("main 结束之前等每个线程：join，或者用 thread::scope");
        let first = threads.iter().find(|(tid, _)| left.contains(tid));
        let mistake = match first {
            Some((_, life)) => mistake.made_at(play, life.born),
            None => mistake,
        };
        // who has printed nothing may not be the one that has to
        Some(if broken_off.is_empty() { mistake.perhaps() } else { mistake })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// Lines that are missing in lanes of processes.
fn missing_of_children(play: &Play, terminal: usize) -> Vec<usize> {
    play.failures(|failure| match &failure.subject {
        Subject::Lane(lane) => {
            let lane = &play.scene.lanes[*lane];
            failure.rule == Rule::Missing && lane.terminal == terminal && lane.name.is_some()
        }
        _ => false,
    })
}

/// The lanes of a terminal that are threads.
fn thread_lanes(play: &Play, terminal: usize) -> Vec<usize> {
    let is = |lane: &Lane| lane.terminal == terminal && lane.mechanism == Some(Mechanism::Thread);
    let lanes = play.scene.lanes.iter().enumerate();
    lanes.filter(|(_, lane)| is(lane)).map(|(index, _)| index).collect()
}

/// What is wrong with the lines of threads.
fn of_threads(play: &Play, terminal: usize) -> Vec<usize> {
    let lanes = thread_lanes(play, terminal);
    play.failures(|failure| match failure.subject {
        Subject::Lane(lane) => {
            lanes.contains(&lane)
                && matches!(failure.rule, Rule::Missing | Rule::Text | Rule::Newline)
        }
        Subject::Terminal(one) => one == terminal && failure.rule == Rule::Newline,
        _ => false,
    })
}

/// How many lines a thread printed.
fn lines_of(play: &Play, terminal: usize, tid: i32) -> u64 {
    let lines = play.lines(terminal, Stream::Out);
    let its = lines.filter(|(_, line)| line.source.is_some_and(|source| source.tid == tid));
    its.map(|(_, line)| line.count).sum()
}

/// A thread printed fewer lines of its lane than the script wants: so many, and how many those are.
fn broken_off(play: &Play, terminal: usize, tid: i32) -> Option<(i32, u64, u64)> {
    let (_, first) = play
        .lines(terminal, Stream::Out)
        .find(|(_, line)| line.source.is_some_and(|source| source.tid == tid))?;
    let lane = thread_lanes(play, terminal).into_iter().find(|lane| {
        let mut lines = play.scene.lines.iter().filter(|line| line.lane == *lane);
        lines.any(|line| line.pattern.matches_alone(&first.text, line.counter))
    })?;
    let lines = play.scene.lines.iter().filter(|line| line.lane == lane);
    let wanted: u64 = lines.map(|line| *line.times.start()).sum();
    let printed = lines_of(play, terminal, tid);
    (printed < wanted).then_some((tid, printed, wanted))
}

/// Nobody has begun to print the lines of one of the threads.
fn has_silent_lane(play: &Play, terminal: usize) -> bool {
    thread_lanes(play, terminal).into_iter().any(|lane| {
        let mut lines = play.scene.lines.iter().filter(|line| line.lane == lane);
        !lines.any(|expected| {
            play.lines(terminal, Stream::Out)
                .any(|(_, line)| expected.pattern.matches_alone(&line.text, expected.counter))
        })
    })
}

/// Main printed its last line, which stands below a divider, while somebody of its own was not done.
pub fn printed_early(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (event, line, is_it) = last_word(play, terminal)?;
        let (what, who, prints) = not_done(play, terminal, event)?;
        let rules =
            [Rule::Divider, Rule::Order, Rule::Text, Rule::Source, Rule::Extra, Rule::Missing];
        let then = if prints { "，它后来还印了" } else { "" };
        let sentence = format!(
            "「{}」印「{}」的时候，{what} {who} 还没有结束{then}",
            play.name(terminal),
            line.text
        );
        let mut failures = play.failures_of(terminal, &rules);
        if !failures.is_empty() {
            failures.extend(play.demands(terminal, |one| one == Practice::WaitFirst));
        }
        let mistake = Mistake::new(Code::PrintedBeforeEnd, event, terminal, sentence, failures)
            .mend("先等它们结束（join、wait），再印这一行");
        Some(if prints && is_it { mistake } else { mistake.perhaps() })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// The line of main that a script wants below a divider, where it wants nothing of main above, and whether it is that; or one that
/// begins like it, and that the judge finds wrong.
fn last_word<'a>(play: &Play<'a>, terminal: usize) -> Option<(usize, &'a Line, bool)> {
    let root = play.root(terminal)?;
    let is_main = |line: &&Expected| {
        let lane = &play.scene.lanes[line.lane];
        lane.terminal == terminal && lane.name.is_none()
    };
    let main: Vec<&Expected> = play.scene.lines.iter().filter(is_main).collect();
    if main.is_empty() || main.iter().any(|line| line.section == 0) {
        return None;
    }
    let is_wrong = |event: usize| {
        play.verdict.failures.iter().any(|failure| {
            failure.event == Some(event) && matches!(failure.rule, Rule::Text | Rule::Extra)
        })
    };
    play.lines(terminal, Stream::Out).find_map(|(event, line)| {
        let is_it = main.iter().any(|one| one.pattern.matches_alone(&line.text, one.counter));
        let is_like_it = || main.iter().any(|one| begins_like(&line.text, one));
        let is_of_main = line.source.is_some_and(|one| (one.pid, one.tid) == (root, root));
        (is_of_main && (is_it || is_wrong(event) && is_like_it())).then_some((event, line, is_it))
    })
}

/// Most of a line is the beginning of an expected one.
fn begins_like(text: &str, expected: &Expected) -> bool {
    let wanted = expected.pattern.render(expected.counter, &Default::default());
    let same = text.chars().zip(wanted.chars()).take_while(|(one, other)| one == other).count();
    same * 2 > text.chars().count()
}

/// A process or a thread with lines of its own that had not ended then: what it is, who, and whether it printed later.
fn not_done(play: &Play, terminal: usize, event: usize) -> Option<(&'static str, i32, bool)> {
    let (children, threads) = (play.children(terminal), play.threads(terminal));
    let alive = |(id, life): &(i32, Life)| life.is_alive(event).then_some(*id);
    let prints = |from: usize, is: &dyn Fn(&Source) -> bool| {
        play.lines(terminal, Stream::Out)
            .any(|(at, line)| at >= from && line.source.as_ref().is_some_and(is))
    };
    // whoever was killed, or was waited for, is not there any more, whenever that is told
    let is_over = |pid: &i32| {
        let over = [play.killed(*pid), waited(play, terminal, *pid)];
        over.into_iter().flatten().any(|over| over < event)
    };
    let children = children.iter().filter_map(alive).filter(|pid| !is_over(pid));
    let children: Vec<i32> = children.collect();
    let of_child = |pid: i32, from: usize| prints(from, &|source: &Source| source.pid == pid);
    if let Some(pid) = children.iter().find(|pid| of_child(**pid, event)) {
        return Some(("子进程", *pid, true));
    }
    let of_thread = |tid: &i32| prints(event, &|source: &Source| source.tid == *tid);
    if let Some(tid) = threads.iter().filter_map(alive).find(of_thread) {
        return Some(("线程", tid, true));
    }
    // a helper of its own prints nothing
    let pid = children.into_iter().find(|pid| of_child(*pid, 0) && !play.execs(*pid))?;
    Some(("子进程", pid, false))
}

/// When somebody in a terminal had waited for this child.
pub fn waited(play: &Play, terminal: usize, child: i32) -> Option<usize> {
    let is_wait = |activity: &Activity| match activity {
        Activity::Leave { call: Call::Wait { .. }, outcome } => {
            *outcome == CallResult::Done(i64::from(child))
        }
        _ => false,
    };
    play.deeds_of(terminal).find(|deed| is_wait(deed.activity)).map(|deed| deed.event)
}

/// A child for which its parent never waited.
pub fn not_waited(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (died, _) = play.ended(terminal)?;
        let root = play.root(terminal)?;
        let children = play.children(terminal);
        // a child is to make a child, and to wait for it
        let deep = play.scene.wants_grandchildren(terminal);
        let left: Vec<&(i32, Life)> = children
            .iter()
            .filter(|(pid, life)| {
                (life.parent == Some(root) || deep) && waited(play, terminal, *pid).is_none()
            })
            .collect();
        let (child, life) = left.first()?;
        let parent = life.parent.filter(|parent| *parent != root);
        let over = parent.map_or(Some(died), |parent| play.processes.get(&parent)?.died)?;
        let mut failures = play.demands(terminal, |one| one == Practice::WaitForChildren);
        failures.extend(play.orphans_of(terminal));
        failures.extend(play.demands(terminal, |one| one == Practice::WaitFirst));
        // the runner has ended it before it had printed all
        if life.died.is_none_or(|end| end > died) {
            failures.extend(missing_of_children(play, terminal));
        }
        let how = match life.died {
            Some(end) if end < over => "它先结束，没有人收它的结果，就成了僵尸进程（zombie）",
            _ => "父进程结束时它还没有结束，就成了孤儿进程（orphan）",
        };
        // it was asked whether it had ended, and that was all
        let asked = play.deeds_of(terminal).find(|deed| {
            let Activity::Leave { call: Call::Wait { child: whom, .. }, outcome } = deed.activity
            else {
                return false;
            };
            *outcome == CallResult::Done(0) && whom.is_none_or(|whom| whom == *child)
        });
        let how = match asked {
            Some(_) => format!("只问过它结束了没有（WNOHANG），没有等到它结束；{how}"),
            None => how.to_owned(),
        };
        let name = play.name(terminal);
        let sentence = match parent {
            None => format!("「{name}」没有等子进程 {child} 就结束了：{how}"),
            Some(parent) => {
                format!("「{name}」的子进程 {parent} 没有等它自己的子进程 {child} 就结束了：{how}")
            }
        };
        let mistake = Mistake::new(Code::ChildNotWaited, over, terminal, sentence, failures);
        let mistake = mistake.made_at(play, life.born);
        let advice = match asked {
            Some(_) => "等到它结束：waitpid 不带 WNOHANG",
            None => "结束之前等每个子进程：waitpid(2)，课里的 join",
        };
        Some(mistake.mend(advice))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
