//! Threads that wait for another's end, or to be woken.

use events::{Hint, On};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::{all, hint};

/// A thread waits for another to end, which waits to be woken.
pub fn joined_and_never_woken(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let other = roster.joined(thread)?;
        let (name, joined) = (roster.name(thread), roster.name(other));
        if roster.joined(other) == Some(thread) {
            let sentence = format!("{name}和{joined}在互相等对方结束（join）");
            // the kernel knows for whom, unless it is the end of a scope
            let known = |one: usize| matches!(roster.waiting[one].on, On::Join { .. });
            let certainty = Certainty::proved_if(known(thread) && known(other));
            let finding = Finding::new(Code::ThreadsJoinEachOther, certainty, sentence);
            return Some(finding.blames(roster, thread));
        }
        let (code, why) = never_woken_for(hint(roster, other)?);
        let sentence = format!("{name}在等{joined}结束（join），{joined}{why}");
        Some(Finding::new(code, certainty(roster, other), sentence).blames(roster, other))
    })
}

/// A thread waits to be woken, and nobody waits for it to end.
pub fn never_woken(roster: &Roster) -> Option<Finding> {
    let (thread, hint) = all(roster).find_map(|one| Some((one, hint(roster, one)?)))?;
    let (code, why) = never_woken_for(hint);
    let sentence = format!("{}{why}", roster.name(thread));
    Some(Finding::new(code, certainty(roster, thread), sentence).blames(roster, thread))
}

/// Where no other thread of the process is left, nobody can wake it. Otherwise whose task that was is not known, and
/// for what it waits is told by function names only.
fn certainty(roster: &Roster, thread: usize) -> Certainty {
    let on = &roster.waiting[thread].on;
    Certainty::proved_if(matches!(on, On::Wake { others, .. } if others.is_empty()))
}

/// What nobody will do any more for a thread that has to be woken, to be put behind its name.
fn never_woken_for(hint: Hint) -> (Code, &'static str) {
    match hint {
        Hint::Receive => (
            Code::ChannelNeverSent,
            "在等一个再也没有人发送的通道：发送端还有人拿着（没有 drop），所以它也等不到通道关闭",
        ),
        Hint::Send => (Code::ChannelNeverReceived, "在等通道腾出位子，可再也没有人接收"),
        Hint::Select => (
            Code::SelectNeverReady,
            "在等几个通道里的一个（select），可哪一个都再也没有人发送或接收",
        ),
        Hint::Condition => {
            (Code::ConditionNeverNotified, "在等条件变量，可再也没有人通知（notify）")
        }
        Hint::Barrier => (Code::BarrierTooFew, "在等别的线程到齐（barrier），可来的人不够"),
        Hint::WaitGroup => {
            (Code::WaitGroupNeverDone, "在等 WaitGroup 的副本都放掉，可还有人拿着（没有 drop）")
        }
        Hint::Park => (Code::ParkNeverUnparked, "停着等人叫醒（park），可再也没有人叫它（unpark）"),
        Hint::Join | Hint::Lock | Hint::Line | Hint::Unknown => {
            (Code::NeverWoken, "在等别的线程叫醒它，可再也没有人会叫")
        }
    }
}
