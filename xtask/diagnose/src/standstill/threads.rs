//! Threads that wait for another's end, or to be woken.

use events::{Call, On};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::library::{Task, in_pool};
use super::super::roster::Roster;
use super::all;
use super::wakers::reasons;

/// So many threads are called by their names.
const MOST_NAMED: usize = 4;

/// A thread waits for another to end, which waits to be woken.
pub fn joined_and_never_woken(roster: &Roster) -> Vec<Finding> {
    let found = all(roster).find_map(|thread| {
        let waits = waits_for_threads(roster, thread)?;
        let joined = roster.joined(thread);
        if let Some(other) = joined.filter(|other| roster.joined(*other) == Some(thread)) {
            let (name, joined) = (roster.name(thread), roster.name(other));
            let sentence = format!("{name}和{joined}在互相等对方结束（join）");
            // the kernel knows for whom, unless it is the end of a scope
            let known = |one: usize| matches!(roster.waiting[one].on, On::Join { .. });
            let certainty = Certainty::proved_if(known(thread) && known(other));
            let finding = Finding::new(Code::ThreadsJoinEachOther, certainty, sentence);
            return Some(vec![finding.blames(roster, thread)]);
        }
        let process = roster.threads_of(roster.waiting[thread].pid).into_iter();
        let is_task = |other: &usize| match roster.task(thread) {
            Task::Future | Task::PoolEnd => in_pool(&roster.waiting[*other]),
            _ => true,
        };
        let mut others = process
            .filter(|other| *other != thread && is_to_be_woken(roster, *other) && is_task(other));
        // for which of several it waits Python does not say
        let other = match joined {
            Some(joined) => others.find(|other| *other == joined)?,
            None => others.next()?,
        };
        let whom = joined.map_or("别的线程".to_owned(), |joined| roster.name(joined));
        let waits = waits.replace("{}", &whom);
        Some(why(roster, other, &format!("{}{waits}，", roster.name(thread))))
    });
    found
        .or_else(|| all(roster).find_map(|thread| all_join(roster, thread)))
        .or_else(|| all(roster).find_map(|thread| child_never_woken(roster, thread)))
        .unwrap_or_default()
}

/// Every thread of a process waits for the end of another: for which, Python does not say, but nobody is left who could
/// end first.
fn all_join(roster: &Roster, thread: usize) -> Option<Vec<Finding>> {
    let one = &roster.waiting[thread];
    let process = roster.threads_of(one.pid);
    let joins = |other: &usize| {
        matches!(roster.task(*other), Task::Join | Task::AtExit) || roster.joined(*other).is_some()
    };
    let is_here = |tid: &i32| process.iter().any(|other| roster.waiting[*other].tid == *tid);
    let others_are_here = |other: &usize| match &roster.waiting[*other].on {
        On::Wake { others, .. } => others.iter().all(is_here),
        On::Join { thread } => is_here(thread),
        _ => false,
    };
    if !process.iter().all(|other| joins(other) && others_are_here(other)) {
        return None;
    }
    let is_main = |other: &usize| roster.waiting[*other].tid == one.pid;
    let culprit = *process.iter().find(|other| !is_main(other))?;
    let named = process.iter().take(MOST_NAMED).map(|other| {
        let place = roster.waiting[*other].place.as_ref();
        let place = place.map(|place| format!("（{place}）")).unwrap_or_default();
        format!("{}{place}", roster.name(*other))
    });
    let named = named.collect::<Vec<_>>().join("、");
    let more = match process.len() {
        ..=MOST_NAMED => String::new(),
        count => format!(" 等 {count} 个线程"),
    };
    let sentence = format!(
        "{named}{more}都在等别的线程结束（join），没有一个能先结束：其中有几个在互相等对方结束，绕成了一圈"
    );
    let finding = Finding::new(Code::ThreadsJoinEachOther, Certainty::Candidate, sentence);
    let advice = "去掉圈里的一个 join：线程之间不互相 join，都由主线程来 join";
    Some(vec![finding.advises(advice).blames(roster, culprit)])
}

/// A process waits for its child, which waits to be woken.
fn child_never_woken(roster: &Roster, thread: usize) -> Option<Vec<Finding>> {
    let children = roster.children(thread).into_iter();
    let is_it = |one: &usize| is_to_be_woken(roster, *one) && roster.task(*one).needs_waker();
    let mut found =
        children.filter_map(|pid| Some((pid, roster.threads_of(pid).into_iter().find(is_it)?)));
    let (pid, other) = found.next()?;
    let before = format!("{}在等{}结束，", roster.name(thread), roster.process_name(pid));
    Some(why(roster, other, &before))
}

/// What is said of a thread that waits for the end of others; `{}` is whom.
fn waits_for_threads(roster: &Roster, thread: usize) -> Option<&'static str> {
    let at_exit = roster.task(thread) == Task::AtExit;
    let joins = roster.task(thread) == Task::Join || roster.joined(thread).is_some();
    match (at_exit, joins) {
        _ if roster.task(thread) == Task::Future => Some("在等任务的结果（Future.result）"),
        _ if roster.task(thread) == Task::PoolEnd => Some("在等池里的任务做完"),
        (true, _) => Some("做完了，在等{}结束"),
        (_, true) => Some("在等{}结束（join）"),
        _ => None,
    }
}

/// In a lull: a thread waits for the end of another that sleeps, and then sleeps again.
pub fn joined_while_it_sleeps(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let waits = waits_for_threads(roster, thread)?;
        let other = roster.joined(thread)?;
        let sleeps = match &roster.waiting[other].call {
            Call::Sleep { .. } => true,
            Call::Poll { fds, timeout } => fds.is_empty() && timeout.is_some(),
            _ => false,
        };
        if !sleeps {
            return None;
        }
        let (name, joined) = (roster.name(thread), roster.name(other));
        let waits = waits.replace("{}", &joined);
        let sentence = format!(
            "{name}{waits}，{joined}睡醒了又睡，没有结束：它的循环看的标志如果要由{name}在 join 以后才改，就永远改不到"
        );
        let finding = Finding::new(Code::JoinedWhileItSleeps, Certainty::Candidate, sentence);
        let advice = "先改标志，再 join；thread::scope 返回以前就替你 join，要在它的闭包里改";
        Some(finding.advises(advice).blames(roster, thread))
    })
}

/// A thread waits to be woken, and nobody waits for it to end.
pub fn never_woken(roster: &Roster) -> Vec<Finding> {
    let known = |one: &usize| is_to_be_woken(roster, *one) && roster.task(*one).needs_waker();
    let thread =
        all(roster).find(known).or_else(|| all(roster).find(|one| is_to_be_woken(roster, *one)));
    thread.map(|thread| why(roster, thread, "")).unwrap_or_default()
}

/// It goes on when another thread does its part, as far as is known.
fn is_to_be_woken(roster: &Roster, thread: usize) -> bool {
    if roster.serves_when_somebody_comes(thread) {
        return false;
    }
    let task = roster.task(thread);
    match roster.waiting[thread].on {
        On::Wake { .. } => task.needs_waker() || task == Task::Unknown || task == Task::Lock,
        // a queue of processes is a pipe
        On::Pipe { .. } => matches!(task, Task::Get | Task::Put),
        _ => false,
    }
}

/// What is said of a thread that nobody wakes, with what comes into question.
fn why(roster: &Roster, thread: usize, before: &str) -> Vec<Finding> {
    let (code, base) = never_woken_for(roster, thread);
    let alone = matches!(&roster.waiting[thread].on, On::Wake { others, .. } if others.is_empty());
    let ended = alone && roster.endings.has_ended_threads(roster.waiting[thread].pid);
    let ended = if ended { "（别的线程都已经结束了）" } else { "" };
    let base = format!("{before}{}{base}{ended}", roster.name(thread));
    let reasons = reasons(roster, thread);
    if reasons.is_empty() {
        let finding = Finding::new(code, certainty(roster, thread), base);
        let finding = finding.blames(roster, thread);
        return vec![match advice(roster.task(thread)) {
            Some(advice) => finding.advises(advice),
            None => finding,
        }];
    }
    let candidates = reasons.into_iter().enumerate().map(|(index, reason)| {
        let sentence = match index {
            0 => format!("{base}：{}", reason.sentence),
            _ => reason.sentence,
        };
        let finding = Finding::new(code, Certainty::Candidate, sentence).advises(reason.advice);
        finding.blames(roster, reason.culprit)
    });
    candidates.collect()
}

/// Where no other thread of the process is left, nobody can wake it. Otherwise whose task that was is not known, and
/// for what it waits is told by function names only.
fn certainty(roster: &Roster, thread: usize) -> Certainty {
    let on = &roster.waiting[thread].on;
    Certainty::proved_if(matches!(on, On::Wake { others, .. } if others.is_empty()))
}

/// What to look for where the sources tell no more.
fn advice(task: Task) -> Option<&'static str> {
    Some(match task {
        Task::Condition => "改了条件之后要通知（notify），等的人要在循环里看条件",
        Task::Semaphore => "每一次 acquire 都要有一次 release：用 with，或者放进 finally",
        Task::Barrier => "来的人数要和创建 barrier 时写的一样，出错的路上也要来",
        Task::Put => "取的人要取到最后，或者放的人等到一定时候不再等（timeout）",
        _ => return None,
    })
}

/// What nobody will do any more for a thread that has to be woken, to be put behind its name.
fn never_woken_for(roster: &Roster, thread: usize) -> (Code, String) {
    let (code, why) = match roster.task(thread) {
        Task::Receive => (
            Code::ChannelNeverSent,
            "在等一个再也没有人发送的通道：发送端还有人拿着（没有 drop），所以它也等不到通道关闭",
        ),
        Task::Send => (Code::ChannelNeverReceived, "在等通道腾出位子，可再也没有人接收"),
        Task::Select => (
            Code::SelectNeverReady,
            "在等几个通道里的一个（select），可哪一个都再也没有人发送或接收",
        ),
        Task::Condition => {
            (Code::ConditionNeverNotified, "在等条件变量，可再也没有人通知（notify）")
        }
        Task::Event => (Code::EventNeverSet, "在等事件（Event），可再也没有人 set"),
        Task::Semaphore => {
            (Code::SemaphoreNeverReleased, "在等信号量（Semaphore），可再也没有人 release")
        }
        Task::Barrier => {
            let here = all(roster).filter(|one| roster.task(*one) == Task::Barrier).count();
            let why =
                format!("在等别的线程到齐（barrier），可来的人不够：停在 barrier 的一共 {here} 个");
            return (Code::BarrierTooFew, why);
        }
        Task::Get => (Code::QueueNeverFilled, "在等队列里来东西（get），可再也没有人放（put）"),
        Task::Put => (Code::QueueNeverEmptied, "在等队列腾出位子（put），可再也没有人取（get）"),
        Task::Done => (
            Code::TaskNeverDone,
            "在等队列里的每一项都做完（Queue.join），可再也没有人调用 task_done",
        ),
        Task::Future => {
            (Code::FutureNeverDone, "在等任务的结果（Future.result），可再也没有人会给出")
        }
        Task::PoolResult => {
            (Code::PoolResultNeverComes, "在等进程池的结果（Pool），可再也没有人会送来")
        }
        Task::WaitGroup => {
            (Code::WaitGroupNeverDone, "在等 WaitGroup 的副本都放掉，可还有人拿着（没有 drop）")
        }
        Task::Park => (Code::ParkNeverUnparked, "停着等人叫醒（park），可再也没有人叫它（unpark）"),
        _ => (Code::NeverWoken, "在等别的线程叫醒它，可再也没有人会叫"),
    };
    (code, why.to_owned())
}
