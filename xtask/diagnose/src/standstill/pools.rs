//! Pools of threads and processes (Python's): their workers, and those who wait for what they do.

use events::{Exit, On};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::library::{Task, in_pool};
use super::super::roster::Roster;
use super::super::source;
use super::super::words::doing;
use super::all;

/// A worker of a pool of processes has ended with its task: nobody sends the result.
pub fn worker_died(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let pid = roster.waiting[thread].pid;
        if roster.task(thread) != Task::PoolResult || in_pool(&roster.waiting[thread]) {
            return None;
        }
        let mut children = roster.endings.children_of(pid).into_iter();
        let (child, exit) = children.find(|(_, exit)| *exit != Exit::Code(0))?;
        // a pool makes another process for one that has ended: the tasks are its own affair
        let idle = match others_are_idle(roster, pid) {
            true => "；别的工作进程都在等下一个任务",
            false => "",
        };
        let ended = match exit {
            Exit::Code(code) => format!("在任务里结束了（退出码 {code}）"),
            Exit::Signal(_) => exit.to_string(),
        };
        let sentence = format!(
            "{}在等进程池的结果（Pool），可工作进程{}{ended}：它手里的任务没有人再做，那个结果不会来{idle}",
            roster.name(thread),
            roster.process_name(child)
        );
        let advice = "任务里不要结束进程（os.kill、os._exit、sys.exit），查它为什么被终止；concurrent.futures 的 ProcessPoolExecutor 遇到这种事会报错（BrokenProcessPool）";
        let finding = Finding::new(Code::PoolWorkerDied, Certainty::Candidate, sentence);
        Some(finding.advises(advice).blames(roster, thread))
    })
}

/// All other processes that a process has made wait for their next task.
fn others_are_idle(roster: &Roster, pid: i32) -> bool {
    let children = all(roster)
        .filter(|one| roster.endings.parent_of(roster.waiting[*one].pid) == Some(pid))
        .collect::<Vec<_>>();
    !children.is_empty() && children.iter().all(|one| roster.task(*one) == Task::Idle)
}

/// The thread of a pool that takes the results has ended.
pub fn results_not_taken(roster: &Roster) -> Option<Finding> {
    let is_in = |thread: usize, function: &str| {
        roster.waiting[thread].frames.iter().any(|frame| frame.function == function)
    };
    all(roster).find_map(|thread| {
        let pid = roster.waiting[thread].pid;
        let threads = roster.threads_of(pid);
        let runs = |function: &str| threads.iter().any(|one| is_in(*one, function));
        if roster.task(thread) != Task::PoolResult || !runs("_handle_tasks") || runs("_handle_results") {
            return None;
        }
        let error = roster.endings.broken(pid).into_iter().next();
        let error = error.map_or(String::new(), |one| format!("（{}）", one.error));
        let sentence = format!(
            "{}在等进程池的结果（Pool），可池里收结果的线程已经结束了{error}：送回来的结果或异常没有能还原，以后的结果也没有人收",
            roster.name(thread)
        );
        let advice = "任务返回的值、抛出的异常要能 pickle 再还原：自定义异常的 __init__ 有几个参数，就把它们都交给 super().__init__";
        let finding = Finding::new(Code::PoolResultNeverComes, Certainty::Candidate, sentence);
        Some(finding.advises(advice).blames(roster, thread))
    })
}

/// All threads of a pool carry out tasks that wait for other tasks.
pub fn tasks_wait(roster: &Roster) -> Option<Finding> {
    let waits = |one: &usize| {
        in_pool(&roster.waiting[*one])
            && matches!(roster.task(*one), Task::Future | Task::PoolResult)
    };
    let first = all(roster).find(waits)?;
    let threads = roster.threads_of(roster.waiting[first].pid);
    let mut workers = threads
        .into_iter()
        .filter(|one| in_pool(&roster.waiting[*one]) || roster.task(*one) == Task::Idle);
    if !workers.all(|one| waits(&one)) {
        return None;
    }
    let count = roster.threads_of(roster.waiting[first].pid).into_iter().filter(waits).count();
    let line = source::here(&roster.waiting[first].frames).map(|spot| spot.line());
    let place = line.map_or(String::new(), |line| format!("（第 {line} 行）"));
    let sentence = format!(
        "线程池的 {count} 个线程都在做任务，而且都在任务里等别的任务的结果{place}：等的任务排在后面，没有空的线程来做"
    );
    let advice = "任务里不要等同一个池的任务：在外面等，或者给它们另一个池";
    let code = Code::PoolTasksWaitForEachOther;
    let finding = Finding::new(code, Certainty::Candidate, sentence).advises(advice);
    Some(finding.blames(roster, first))
}

/// An event loop in which nothing happens any more.
pub fn event_loop(roster: &Roster) -> Option<Finding> {
    let thread = all(roster)
        .find(|one| roster.task(*one) == Task::Loop && roster.waiting[*one].on == On::Unknown)?;
    if let Some(finding) = loop_not_woken(roster, thread) {
        return Some(finding);
    }
    let sentence = format!(
        "{}停在事件循环（asyncio）里：每个协程都在 await，等的事（Event、Future、Queue、连接）再也不会发生",
        roster.name(thread)
    );
    let code = Code::NothingToDo;
    let finding = Finding::new(code, Certainty::Candidate, sentence);
    Some(finding.blames(roster, thread))
}

/// A thread of the loop's process has ended since, and has not written into the socket by which a loop is woken
/// (`call_soon_threadsafe` does). Whether it had anything for the loop is not known.
fn loop_not_woken(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let ended = roster.endings.ended_threads(one.pid);
    let other = ended.into_iter().rev().find(|tid| !roster.endings.has_sent(*tid))?;
    let (name, other) = (roster.name(thread), roster.thread_name(one.pid, other));
    let sentence = format!(
        "{name}停在事件循环（asyncio）里等；{other}已经结束，它没有叫醒过循环（没有写过循环用来叫醒自己的套接字）：如果是它直接调用了 set_result、put_nowait、Event.set()、call_soon 这些，值是放进去了，循环却不知道，await 的协程不会往下走"
    );
    let advice = "asyncio 的对象不能从别的线程直接用：线程里写 loop.call_soon_threadsafe(fut.set_result, 值)，或者 asyncio.run_coroutine_threadsafe(协程, loop)";
    let code = Code::LoopNotWoken;
    let finding = Finding::new(code, Certainty::Candidate, sentence).advises(advice);
    Some(finding.blames(roster, thread))
}

/// A thread waits for a task that waits for something else.
pub fn task_is_busy(roster: &Roster) -> Option<Finding> {
    let waits = |one: &usize| matches!(roster.task(*one), Task::Future | Task::PoolEnd);
    let thread = all(roster).find(waits)?;
    let threads = roster.threads_of(roster.waiting[thread].pid).into_iter();
    let busy: Vec<usize> = threads.filter(|one| in_pool(&roster.waiting[*one])).collect();
    let other = *busy.first()?;
    let sentence = format!(
        "{}{}，池里做任务的{}却{}",
        roster.name(thread),
        doing(roster, thread),
        roster.name(other),
        doing(roster, other)
    );
    let finding = Finding::new(Code::FutureNeverDone, Certainty::Candidate, sentence);
    Some(finding.blames(roster, other))
}

/// A child was killed, and its parent still waits for something, perhaps for it. Stacks that can be read tell more.
pub fn child_killed(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let one = &roster.waiting[thread];
        let waits = matches!(one.on, On::Wake { .. } | On::Pipe { .. });
        let unread = roster.threads_of(one.pid).into_iter();
        let mut unread = unread.map(|other| &roster.waiting[other].frames);
        if !waits || !unread.all(|frames| frames.iter().all(|frame| !frame.own)) {
            return None;
        }
        let (child, exit) = roster.endings.killed_children(one.pid).into_iter().next()?;
        let sentence = format!(
            "{}还在等，可{}{exit}了：那个子进程要做的事没有人再做",
            roster.process_name(one.pid),
            roster.process_name(child)
        );
        let finding = Finding::new(Code::PoolWorkerDied, Certainty::Candidate, sentence);
        Some(finding.advises("查它为什么被终止").blames(roster, thread))
    })
}
