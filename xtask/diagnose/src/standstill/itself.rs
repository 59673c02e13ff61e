//! Who waits for the end of what it is itself in the middle of, as the functions on its stack tell: the loop of a server, a
//! pool's task, an event loop.

use events::{Frame, On, Waiting};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::library::{Task, in_pool, is_of};
use super::super::roster::Roster;
use super::super::source;
use super::all;

/// What a thread waits for, and in the middle of which it is.
struct Own {
    sentence: String,
    advice: &'static str,
}

/// The thread's stack shows both: the call that waits, and outside of that what it waits for.
pub fn waits_for_itself(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let one = &roster.waiting[thread];
        let name = roster.name(thread);
        let line = source::here(&one.frames).map(|spot| spot.line());
        let place = line.map_or(String::new(), |line| format!("第 {line} 行"));
        let own = server(one, &name, &place)
            .or_else(|| event_loop(roster, thread, &name, &place))
            .or_else(|| pool(roster, thread, &name, &place))?;
        let code = Code::WaitsForItself;
        let finding = Finding::new(code, Certainty::Candidate, own.sentence).advises(own.advice);
        Some(finding.blames(roster, thread))
    })
}

fn at(frames: &[Frame], function: &str, file: &str) -> Option<usize> {
    frames.iter().position(|frame| frame.function == function && is_of(frame, file))
}

/// `shutdown` waits until `serve_forever` has left its loop (`socketserver`), and is called by what that loop has called.
fn server(one: &Waiting, name: &str, place: &str) -> Option<Own> {
    let inner = at(&one.frames, "shutdown", "socketserver.py")?;
    let outer = at(&one.frames, "serve_forever", "socketserver.py")?;
    (inner < outer && matches!(one.on, On::Wake { .. })).then(|| Own {
        sentence: format!(
            "{name}在处理请求的时候{place}调用了 shutdown()：它要等 serve_forever 的循环停下，可处理请求的正是这个循环，在同一个线程里，等的是自己"
        ),
        advice: "在另一个线程里调用：threading.Thread(target=server.shutdown).start()；或者每个请求一个线程（ThreadingTCPServer）",
    })
}

/// The thread of an event loop waits for something that does not let the loop go on.
fn event_loop(roster: &Roster, thread: usize, name: &str, place: &str) -> Option<Own> {
    let one = &roster.waiting[thread];
    let outer = at(&one.frames, "run_forever", "asyncio/base_events.py")?;
    let own = one.frames.iter().position(|frame| frame.own).filter(|own| *own < outer)?;
    let waits = match roster.task(thread) {
        Task::Future => "等任务的结果（Future.result）",
        Task::Event => "等事件（threading.Event）",
        Task::Get => "从队列取（queue.get）",
        _ => return None,
    };
    // whoever else could do it waits for the loop, or has nothing to do
    let others = roster.threads_of(one.pid).into_iter().filter(|other| *other != thread);
    let idle = |other: usize| matches!(roster.task(other), Task::Idle | Task::Helper);
    (own < outer && others.into_iter().all(idle)).then(|| Own {
        sentence: format!(
            "{name}在事件循环（asyncio）的协程里{place}{waits}，这样等不让出循环：它不回来，循环里别的协程都不能往下走，要靠它们做的事也就做不了"
        ),
        advice: "协程里要用 await 等：asyncio 自己的 Event、Queue，或者 await asyncio.wrap_future(…)；会阻塞的放到 run_in_executor、asyncio.to_thread 里",
    })
}

/// A pool's task waits for the end of the pool.
fn pool(roster: &Roster, thread: usize, name: &str, place: &str) -> Option<Own> {
    let ends = roster.task(thread) == Task::PoolEnd && in_pool(&roster.waiting[thread]);
    ends.then(|| Own {
        sentence: format!(
            "{name}在池的任务里{place}等池里的都结束：如果是同一个池，它自己的任务没有结束，等的就是自己"
        ),
        advice: "关闭池、等它结束，放在任务外面做",
    })
}
