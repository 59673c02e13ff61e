//! Why a thread is not woken, as the sources tell: candidates, the likeliest first.

use events::{Frame, Language, On};

use super::super::library::Task;
use super::super::roster::Roster;
use super::super::source::{self, Spot};
use super::super::words::doing;
use super::all;

/// A reason, and what to change.
pub struct Reason {
    pub sentence: String,
    pub advice: String,
    /// The thread that has to change.
    pub culprit: usize,
}

/// What comes into question, as far as something speaks for it.
pub fn reasons(roster: &Roster, thread: usize) -> Vec<Reason> {
    let finders = [
        starts_below,
        stands_below,
        has_failed,
        kept_sender,
        no_end_mark,
        not_done,
        notified_before,
    ];
    finders.iter().filter_map(|find| find(roster, thread)).collect()
}

/// The calls that wake a thread with this task.
fn calls(task: Task) -> &'static [&'static str] {
    match task {
        Task::Event => &["set"],
        Task::Condition => &["notify", "notify_all", "notify_one"],
        Task::Semaphore => &["release"],
        Task::Get => &["put", "put_nowait"],
        Task::Put => &["get", "get_nowait"],
        Task::Done => &["task_done"],
        Task::Receive => &["send"],
        Task::Send => &["recv", "try_recv"],
        Task::Park => &["unpark"],
        Task::Barrier => &["wait"],
        Task::Future => &["set_result", "set_exception"],
        _ => &[],
    }
}

/// The call itself.
fn waits_in(task: Task) -> &'static [&'static str] {
    match task {
        Task::Event | Task::Barrier => &["wait"],
        Task::Condition => &["wait", "wait_for", "wait_while", "wait_timeout"],
        Task::Semaphore => &["acquire"],
        Task::Get => &["get"],
        Task::Put => &["put"],
        Task::Done => &["join"],
        Task::Future => &["result"],
        _ => &[],
    }
}

/// The two ends of a channel, and a thread and its handle, have names of their own.
fn has_one_name(task: Task) -> bool {
    !matches!(task, Task::Receive | Task::Send | Task::Park)
}

/// It is alone, and starts other threads only below the line on which it waits.
fn starts_below(roster: &Roster, thread: usize) -> Option<Reason> {
    let one = &roster.waiting[thread];
    let alone = matches!(&one.on, On::Wake { others, .. } if others.is_empty());
    if !alone || roster.endings.has_ended_threads(one.pid) {
        return None;
    }
    let task = roster.task(thread);
    let spot = source::here(&one.frames)?;
    let receiver = if task == Task::Send { Some(spot.receiver_of_sender()?) } else { None };
    let line = spot.start_below(receiver.as_deref())?;
    let (name, here) = (roster.name(thread), spot.line());
    let (does, missing, advice) = match task {
        Task::Send | Task::Put => (
            "放",
            "位子放满的时候，取的线程还没有创建",
            format!("先创建取的线程（第 {line} 行），再放；或者容量够放下全部"),
        ),
        _ => ("等", "会叫醒它的线程还没有创建", format!("先创建线程（第 {line} 行），再等")),
    };
    let sentence = format!("{name}第 {line} 行才启动别的线程，却先在第 {here} 行{does}：{missing}");
    Some(Reason { sentence, advice, culprit: thread })
}

/// What would wake it stands below the line where another, or it itself, waits.
fn stands_below(roster: &Roster, thread: usize) -> Option<Reason> {
    let (one, task) = (&roster.waiting[thread], roster.task(thread));
    let wanted = match has_one_name(task) {
        true => Some(source::here(&one.frames)?.receiver(waits_in(task))?),
        false => None,
    };
    let family = |other: &usize| {
        roster.terminal(&roster.waiting[*other]) == roster.terminal(one)
            && !matches!(roster.task(*other), Task::Idle | Task::Helper)
    };
    let is_it = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    // who gives back what it is just asking for has it not yet: that is its own pair
    let is_own_pair =
        |spot: &Spot| task == Task::Semaphore && spot.receiver(waits_in(task)) == wanted;
    // who has come back to take the next item has been past that call with those that it took before
    let has_passed = |other: usize, spot: &Spot| {
        let taken = spot.receiver(&["get"]);
        task == Task::Done
            && roster.task(other) == Task::Get
            && (taken.is_none() || taken == wanted)
    };
    // who has come to the barrier is not the one that is missing
    let missing = |other: &usize| task != Task::Barrier || roster.task(*other) != task;
    let (other, spot, line, call) =
        all(roster).filter(family).filter(missing).find_map(|other| {
            let frames = roster.waiting[other].frames.iter().filter(|frame| frame.own);
            let spots = frames.filter_map(Spot::of).filter(|spot| !is_own_pair(spot));
            spots.filter(|spot| !has_passed(other, spot)).find_map(|spot| {
                let (line, call) = spot.call_below(calls(task), is_it)?;
                Some((other, spot, line, call))
            })
        })?;
    let (name, here) = (roster.name(other), spot.line());
    let sentence = match other == thread {
        true => format!("{name}自己第 {line} 行才 {call}，却先在第 {here} 行等"),
        false => {
            format!("{name}第 {line} 行才 {call}，却停在第 {here} 行，{}", doing(roster, other))
        }
    };
    let advice = format!("第 {line} 行的 {call} 要在第 {here} 行的等待之前，或者由别的线程来做");
    Some(Reason { sentence, advice, culprit: other })
}

/// A thread or child that could have done it has ended with an error.
fn has_failed(roster: &Roster, thread: usize) -> Option<Reason> {
    let pid = roster.waiting[thread].pid;
    let broken = roster.endings.broken(pid).into_iter().next();
    let (who, error) = match broken {
        Some(one) => (roster.name_of(one.pid, one.tid), one.error),
        None => {
            let (child, exit) = roster.endings.killed_children(pid).into_iter().next()?;
            (roster.process_name(child), exit.to_string())
        }
    };
    let undone = match roster.task(thread) {
        Task::Barrier => "没有来到 barrier".to_owned(),
        task => match calls(task).first() {
            Some(call) => format!("没有走到 {call}"),
            None => "没有做完".to_owned(),
        },
    };
    let sentence = format!("{who}因为错误结束了（{error}），{undone}");
    let advice = match roster.task(thread) {
        Task::Semaphore => {
            "先改正这个错误；出错的路上也要 release：用 with，或者把 release 放进 finally"
        }
        _ => "先改正这个错误；出错的路上也要叫醒等着的人（Python 用 try/finally）",
    };
    Some(Reason { sentence, advice: advice.to_owned(), culprit: thread })
}

/// Rust: the function that receives still has a sender.
fn kept_sender(roster: &Roster, thread: usize) -> Option<Reason> {
    if roster.task(thread) != Task::Receive {
        return None;
    }
    let (culprit, spot, kept) =
        all(roster).filter(|other| is_in_process_of(roster, thread, *other)).find_map(|other| {
            let frames = roster.waiting[other].frames.iter();
            let mut native = frames.filter(|frame| frame.own && frame.language == Language::Native);
            native.find_map(|frame: &Frame| {
                let spot = Spot::of(frame)?;
                let kept = spot.kept_sender()?;
                Some((other, spot, kept))
            })
        })?;
    let (sender, line) = kept;
    let sentence = format!(
        "第 {line} 行的发送端 {sender} 到第 {} 行还在（没有 drop），通道不会关闭",
        spot.line()
    );
    let advice = format!("线程都拿到自己的发送端之后，drop({sender})");
    Some(Reason { sentence, advice, culprit })
}

fn is_in_process_of(roster: &Roster, thread: usize, other: usize) -> bool {
    roster.waiting[thread].pid == roster.waiting[other].pid
}

/// Python: a loop takes from a queue without end.
fn no_end_mark(roster: &Roster, thread: usize) -> Option<Reason> {
    if roster.task(thread) != Task::Get {
        return None;
    }
    let spot = source::here(&roster.waiting[thread].frames)?;
    let line = spot.endless_loop()?;
    let sentence = format!(
        "第 {line} 行的循环取了又取，第 {} 行等下一个；不再有人放了，也没有结束标记叫它出来",
        spot.line()
    );
    let advice = "放完之后，给每个取的人放一个结束标记（例如 None），取到它就退出循环".to_owned();
    Some(Reason { sentence, advice, culprit: thread })
}

/// Python: who takes from the queue does not say that it is done.
fn not_done(roster: &Roster, thread: usize) -> Option<Reason> {
    if roster.task(thread) != Task::Done {
        return None;
    }
    let takes = |other: &usize| {
        roster.task(*other) == Task::Get
            && roster.terminal(&roster.waiting[*other]) == roster.terminal(&roster.waiting[thread])
    };
    let taker = all(roster).find(takes)?;
    let spot = source::here(&roster.waiting[taker].frames)?;
    let (name, line) = (roster.name(taker), spot.line());
    let (sentence, advice) = match (spot.mentions("task_done"), spot.skipped("task_done")) {
        (false, _) => (
            format!("{name}在第 {line} 行取，它的函数里没有 task_done"),
            "取出的每一项做完之后都要 task_done".to_owned(),
        ),
        // whatever happens, it is called
        (true, _) if spot.mentions("finally") => return None,
        (true, Some((by, skipped))) => (
            format!(
                "{name}在第 {line} 行取，第 {by} 行的 continue 会跳过第 {skipped} 行的 task_done：走到那里的项就没有算做完"
            ),
            "取出的每一项都要 task_done：把它放进 finally，或者 continue 之前也调用".to_owned(),
        ),
        (true, None) => (
            format!("{name}在第 {line} 行取，有的项取出以后没有走到 task_done（continue、异常）"),
            "把 task_done 放进 finally".to_owned(),
        ),
    };
    Some(Reason { sentence, advice, culprit: taker })
}

/// It waits without looking first whether it has already happened.
fn notified_before(roster: &Roster, thread: usize) -> Option<Reason> {
    if roster.task(thread) != Task::Condition {
        return None;
    }
    let spot = source::here(&roster.waiting[thread].frames)?;
    if spot.calls_any(&["wait_for", "wait_while"]) || spot.is_in_condition() {
        return None;
    }
    let sentence = format!(
        "第 {} 行没有先看条件就等：notify 来得比 wait 早，那时没有人在等，通知就丢了",
        spot.line()
    );
    let advice =
        "用一个变量记下已经发生，条件不成立才 wait（Python 的 wait_for，Rust 的 wait_while）";
    Some(Reason { sentence, advice: advice.to_owned(), culprit: thread })
}
