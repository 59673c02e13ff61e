//! Waiting for any child (`wait(2)`, `waitpid(-1)`) where a certain one is meant.

use events::{Activity, Call, CallResult, Exit, Kind};
use judge::Rule;
use nix::errno::Errno;

use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::{Deed, Play};
use super::{Code, Mistake};

/// Why it is not enough.
const ADVICE: &str = "要哪一个子进程的结果，就等哪一个：waitpid(它的进程号)；用 wait（任何一个），就看它返回的进程号是谁";

/// A wait for any child that has got one.
struct Reaped {
    event: usize,
    child: i32,
}

/// A wait for any child has got the result of one that is waited for later, or whose result is taken for another's.
pub fn find(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| gone(play, terminal).or_else(|| taken_for_another(play, terminal));
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// The children that a process got by waiting, for any or for one.
fn reaped(play: &Play, pid: i32, any: bool) -> Vec<Reaped> {
    let of = |deed: &Deed| match deed.activity {
        Activity::Leave {
            call: Call::Wait { child, .. },
            outcome: CallResult::Done(got @ 1..),
        } if deed.pid == pid && (child.is_none() || !any) => {
            Some(Reaped { event: deed.event, child: i32::try_from(*got).ok()? })
        }
        _ => None,
    };
    play.deeds.iter().filter_map(of).collect()
}

/// It is waited for once more, and is not there any more.
fn gone(play: &Play, terminal: usize) -> Option<Mistake> {
    play.deeds_of(terminal).find_map(|deed| {
        let Activity::Leave {
            call: Call::Wait { child: Some(child), .. },
            outcome: CallResult::Failed(errno),
        } = deed.activity
        else {
            return None;
        };
        let by_any = reaped(play, deed.pid, true).into_iter();
        let first = by_any.into_iter().find(|one| one.child == *child && one.event < deed.event)?;
        if *errno != Errno::ECHILD as i32 {
            return None;
        }
        let sentence = format!(
            "「{}」等任何一个子进程（wait），等到的是 {child}，它的结果就收走了；后来再等 {child}，已经没有了（ECHILD）",
            play.name(terminal)
        );
        let failures = Follows::new(play, terminal, first.event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .in_others()
            .all();
        let code = Code::AnyChildWaitedFor;
        let mistake = Mistake::new(code, first.event, terminal, sentence, failures);
        Some(mistake.mend(ADVICE))
    })
}

/// A line has the exit code of the child that ended first, where that of another one belongs.
fn taken_for_another(play: &Play, terminal: usize) -> Option<Mistake> {
    let root = play.root(terminal)?;
    let made = play.children(terminal).into_iter().filter(|(_, life)| life.parent == Some(root));
    let made: Vec<i32> = made.map(|(pid, _)| pid).collect();
    let code_of = |pid: i32| match play.processes.get(&pid)?.exit? {
        Exit::Code(code) => Some(code.to_string()),
        Exit::Signal(_) => None,
    };
    let (all, by_any) = (reaped(play, root, false), reaped(play, root, true));
    let (event, got, meant) = play.verdict.failures.iter().find_map(|failure| {
        let (event, expected, line) =
            (failure.event?, failure.expected.as_deref()?, failure.got.as_deref()?);
        let Kind::Line(printed) = &play.events[event].kind else { return None };
        let is_own = printed.source.is_some_and(|one| one.pid == root);
        if failure.rule != Rule::Text || printed.terminal != terminal || !is_own {
            return None;
        }
        let nth = all.iter().rposition(|one| one.event < event)?;
        let got = by_any.iter().find(|one| one.event == all[nth].event)?.child;
        let meant = *made.get(nth)?;
        let (code, other) = (code_of(meant)?, code_of(got)?);
        let is_swapped = got != meant
            && expected.contains(&code)
            && line.contains(&other)
            && !line.contains(&code);
        is_swapped.then_some((all[nth].event, got, meant))
    })?;
    let sentence = format!(
        "「{}」等任何一个子进程（wait），等到的是 {got}；按创建的次序，这里该是 {meant} 的结果",
        play.name(terminal)
    );
    let failures = play.failures(|failure| {
        failure.subject.terminal(play.scene) == Some(terminal)
            && failure.rule == Rule::Text
            && failure.event.is_some_and(|one| one > event)
    });
    let mistake = Mistake::new(Code::AnyChildWaitedFor, event, terminal, sentence, failures);
    Some(mistake.perhaps().mend(ADVICE))
}
