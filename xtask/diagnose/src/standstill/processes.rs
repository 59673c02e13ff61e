//! Parents and children, signals, locks of files.

use events::On;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::super::words::doing;
use super::{all, busiest};

/// What a signal has stopped never ends.
pub fn stopped(roster: &Roster) -> Option<Finding> {
    const SO: &str = "被信号暂停了（SIGSTOP），没有人叫它继续（SIGCONT）";
    let parent = all(roster).find_map(|thread| {
        let children = roster.children(thread);
        Some((thread, children.into_iter().find(|child| roster.is_stopped(*child))?))
    });
    let (blamed, sentence) = match parent {
        Some((parent, child)) => {
            let (name, child) = (roster.name(parent), roster.process_name(child));
            (parent, format!("{name}在等{child}结束，可{child}{SO}"))
        }
        None => {
            let thread = all(roster).find(|one| roster.waiting[*one].on == On::Stopped)?;
            (thread, format!("{}{SO}", roster.process_name(roster.waiting[thread].pid)))
        }
    };
    Some(Finding::new(Code::StoppedBySignal, Certainty::Proved, sentence).blames(roster, blamed))
}

/// A parent waits for a child that does something else, or for one that waits for its own.
pub fn child(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let child_of = |thread: usize| {
            let mut children = roster.children(thread).into_iter();
            children.find_map(|pid| Some((pid, busiest(roster, pid)?)))
        };
        let waits = |thread: usize, child: i32| match roster.waiting[thread].on {
            On::Child { child: Some(_), .. } => format!("在等{}结束", roster.process_name(child)),
            _ => "在等子进程结束".to_owned(),
        };
        let (mut child, mut busy) = child_of(thread)?;
        let mut sentence = format!("{}{}，", roster.name(thread), waits(thread, child));
        // the one at the end of the line
        for _ in 0..roster.waiting.len() {
            let Some((next, busy_there)) = child_of(busy) else { break };
            sentence += &format!("{}{}，", roster.process_name(child), waits(busy, next));
            (child, busy) = (next, busy_there);
        }
        if matches!(roster.waiting[busy].on, On::Client { .. }) && roster.awaits_script(busy) {
            return None;
        }
        sentence += &format!("{}却{}", roster.process_name(child), doing(roster, busy));
        Some(Finding::new(Code::ChildNeverEnds, Certainty::Proved, sentence).blames(roster, busy))
    })
}

/// A lock on a file.
pub fn file_lock(roster: &Roster) -> Option<Finding> {
    let (thread, holders) = all(roster).find_map(|one| match &roster.waiting[one].on {
        On::FileLock { holders } => Some((one, holders)),
        _ => None,
    })?;
    let waiting = format!(
        "{}在等一个文件的锁（{}）",
        roster.name(thread),
        roster.waiting[thread].call.name()
    );
    let pid = roster.waiting[thread].pid;
    let (code, certainty, blamed, sentence) = match holders.first() {
        None => {
            let sentence = format!("{waiting}，拿着它的人不放");
            (Code::FileLockHeld, Certainty::Candidate, None, sentence)
        }
        Some(holder) if *holder == pid => {
            let sentence = format!("{waiting}，拿着它的就是它自己（另一次打开的同一个文件）");
            (Code::FileLockTakenTwice, Certainty::Proved, Some(thread), sentence)
        }
        Some(holder) => {
            let (name, busy) = (roster.process_name(*holder), busiest(roster, *holder));
            let why = busy.map(|one| format!("，{name}{}", doing(roster, one)));
            let sentence = format!("{waiting}，拿着它的{name}不放{}", why.unwrap_or_default());
            (Code::FileLockHeld, Certainty::Proved, busy, sentence)
        }
    };
    let finding = Finding::new(code, certainty, sentence);
    Some(match blamed {
        Some(thread) => finding.blames(roster, thread),
        None => finding.blames_process(roster, holders.first().copied()),
    })
}

/// A signal that nobody sends.
pub fn signal(roster: &Roster) -> Option<Finding> {
    let thread = all(roster)
        .find(|one| roster.waiting[*one].on == On::Signal && !roster.awaits_script(*one))?;
    let sentence = format!("{}在等一个信号，可没有人会发", roster.name(thread));
    Some(Finding::new(Code::SignalNeverComes, Certainty::Proved, sentence).blames(roster, thread))
}
