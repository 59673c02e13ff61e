//! What a thread is in the middle of, as the functions of the library on its stack tell: those of std, parking_lot and
//! crossbeam by the [`Hint`], those of Python by their files and names.
//!
//! The outermost function of the library counts, which the program itself has called: `queue.get` waits in a condition
//! variable, and is no wait for a condition of the program.

use events::{Frame, Hint, Language, On, Waiting};

use super::guards::wanted;
use super::source::here;

/// What a thread is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// A lock.
    Lock,
    Condition,
    /// `threading.Event`.
    Event,
    Semaphore,
    Barrier,
    /// `queue.get`.
    Get,
    /// `queue.put`.
    Put,
    /// `queue.join`: until all is done.
    Done,
    /// A channel's `recv`.
    Receive,
    /// A channel's `send`.
    Send,
    Select,
    WaitGroup,
    Park,
    /// The result of a task of `concurrent.futures`.
    Future,
    /// The result of a task of `multiprocessing.Pool`.
    PoolResult,
    /// The end of a pool.
    PoolEnd,
    /// The end of a thread.
    Join,
    /// The end of the other threads, when the main one is done (Python).
    AtExit,
    /// A pool's worker that has nothing to do.
    Idle,
    /// A thread that a library has made for itself.
    Helper,
    /// Until all that was put into a queue of processes is written, before the end of the process.
    Flush,
    /// `asyncio`: until something happens.
    Loop,
    /// The end of a process.
    Process,
    Unknown,
}

/// What a thread is in the middle of.
pub fn task(one: &Waiting) -> Task {
    match one.frames.first() {
        Some(frame) if frame.language == Language::Python => in_python(one),
        _ => native(one),
    }
}

fn native(one: &Waiting) -> Task {
    let On::Wake { hint, .. } = one.on else { return Task::Unknown };
    match hint {
        Hint::Lock => Task::Lock,
        Hint::Receive => Task::Receive,
        Hint::Send => Task::Send,
        Hint::Select => Task::Select,
        Hint::Condition => Task::Condition,
        Hint::Barrier => Task::Barrier,
        Hint::WaitGroup => Task::WaitGroup,
        Hint::Park => Task::Park,
        Hint::Join => Task::Join,
        Hint::Unknown if wanted(&one.frames).is_some() => Task::Lock,
        Hint::Line | Hint::Unknown => Task::Unknown,
    }
}

fn in_python(one: &Waiting) -> Task {
    let inside = inside(&one.frames);
    if inside.is_empty() {
        // what is written in C is no function of Python: the program's line says what it calls
        let woken = matches!(one.on, On::Wake { .. });
        let here = here(&one.frames).filter(|_| woken);
        return match here {
            Some(line) if line.takes_lock() => Task::Lock,
            Some(line) if line.calls_any(&["get"]) => Task::Get,
            _ => Task::Unknown,
        };
    }
    let known = (0..inside.len()).rev().find_map(|at| of_function(&inside[..=at]));
    known.unwrap_or(Task::Unknown)
}

/// Whether the thread carries out a task that was given to a pool.
pub fn in_pool(one: &Waiting) -> bool {
    let own = one.frames.iter().position(|frame| frame.own);
    let outside = own.map_or(&[][..], |own| &one.frames[own..]);
    outside.iter().any(is_worker)
}

/// A pool's loop that takes one task after another.
fn is_worker(frame: &Frame) -> bool {
    match frame.function.as_str() {
        "_worker" => is_of(frame, "concurrent/futures/thread.py"),
        "_process_worker" => is_of(frame, "concurrent/futures/process.py"),
        "worker" => is_of(frame, "multiprocessing/pool.py"),
        _ => false,
    }
}

/// The functions of the library that the program is in; those that carry out a pool's task have called the program.
fn inside(frames: &[Frame]) -> &[Frame] {
    let own = frames.iter().position(|frame| frame.own).unwrap_or(frames.len());
    let carries_out = |frame: &Frame| {
        let (thread, process) = ("concurrent/futures/thread.py", "multiprocessing/pool.py");
        frame.function == "run" && is_of(frame, thread)
            || ["mapstar", "starmapstar"].contains(&frame.function.as_str())
                && is_of(frame, process)
    };
    let task = frames[..own].iter().position(carries_out);
    &frames[..task.unwrap_or(own)]
}

/// Whether a function of the library stands in this file of it.
pub fn is_of(frame: &Frame, file: &str) -> bool {
    let path = frame.file.as_deref().unwrap_or_default().replace('\\', "/");
    path.strip_suffix(file).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// What the last of these functions is for, if it is known; the others are those that it has called.
fn of_function(frames: &[Frame]) -> Option<Task> {
    let (frame, inner) = frames.split_last()?;
    let function = frame.function.as_str();
    let is_of = |file: &str| is_of(frame, file);
    if is_worker(frame) {
        return Some(Task::Idle);
    }
    Some(match function {
        "wait" | "wait_for" if is_of("threading.py") => waits(function, inner),
        "acquire" | "__enter__" if is_of("threading.py") => match calls(inner, "wait") {
            true => Task::Semaphore,
            false => Task::Lock,
        },
        "join" if is_of("threading.py") => Task::Join,
        "_shutdown" if is_of("threading.py") => Task::AtExit,
        "get" if is_of("queue.py") || is_of("multiprocessing/queues.py") => Task::Get,
        "put" if is_of("queue.py") || is_of("multiprocessing/queues.py") => Task::Put,
        "join" if is_of("queue.py") || is_of("multiprocessing/queues.py") => Task::Done,
        "_feed" if is_of("multiprocessing/queues.py") => Task::Helper,
        "_finalize_join" if is_of("multiprocessing/queues.py") => Task::Flush,
        "run_forever" if is_of("asyncio/base_events.py") => Task::Loop,
        "wait" | "wait_for" if is_of("multiprocessing/synchronize.py") => {
            match calls(inner, "wait") && function == "wait" {
                true => Task::Event,
                false => Task::Condition,
            }
        }
        "__enter__" | "acquire" if is_of("multiprocessing/synchronize.py") => Task::Lock,
        "acquire" | "_acquireLock" if is_of("logging/__init__.py") => Task::Lock,
        "result" | "exception" | "wait" | "as_completed" | "result_iterator"
            if is_of("concurrent/futures/_base.py") =>
        {
            Task::Future
        }
        "shutdown" if is_of("concurrent/futures/thread.py") => Task::PoolEnd,
        "shutdown" if is_of("concurrent/futures/process.py") => Task::PoolEnd,
        "map" | "starmap" | "apply" | "get" | "wait" | "next" | "__next__"
            if is_of("multiprocessing/pool.py") =>
        {
            Task::PoolResult
        }
        "join" if is_of("multiprocessing/pool.py") => Task::PoolEnd,
        "_handle_workers" | "_handle_tasks" | "_handle_results"
            if is_of("multiprocessing/pool.py") =>
        {
            Task::Helper
        }
        "join" if is_of("multiprocessing/process.py") => Task::Process,
        "wait" | "communicate" if is_of("subprocess.py") => Task::Process,
        _ => return None,
    })
}

/// `wait` and `wait_for` of `threading` are those of three classes.
fn waits(function: &str, inner: &[Frame]) -> Task {
    match function {
        "wait" if calls(inner, "_wait") => Task::Barrier,
        "wait" if calls(inner, "wait") => Task::Event,
        _ => Task::Condition,
    }
}

fn calls(inner: &[Frame], function: &str) -> bool {
    inner.iter().any(|frame| frame.function == function)
}

impl Task {
    /// It is over when another thread does its part.
    pub fn needs_waker(self) -> bool {
        !matches!(
            self,
            Task::Lock
                | Task::Join
                | Task::AtExit
                | Task::Idle
                | Task::Helper
                | Task::Flush
                | Task::Loop
                | Task::Process
                | Task::PoolEnd
                | Task::Unknown
        )
    }

    /// In which call, in Chinese, where the functions tell more than the system call.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Task::Lock => "等锁（lock）",
            Task::Condition => "等条件变量（wait）",
            Task::Event => "等事件（Event.wait）",
            Task::Semaphore => "等信号量（acquire）",
            Task::Barrier => "等别的线程到齐（barrier）",
            Task::Get => "从队列取（get）",
            Task::Put => "往队列放（put）",
            Task::Done => "等队列里的都做完（Queue.join）",
            Task::Receive => "从通道接收（recv）",
            Task::Send => "往通道发送（send）",
            Task::Select => "从几个通道里选（select）",
            Task::WaitGroup => "等 WaitGroup（wait）",
            Task::Park => "等人叫醒（park）",
            Task::Future => "等任务的结果（Future）",
            Task::PoolResult => "等进程池的结果（Pool）",
            Task::PoolEnd => "等池里的都结束",
            Task::Join => "等线程结束（join）",
            Task::AtExit => "等别的线程结束（退出之前）",
            Task::Idle => "等下一个任务（池里的）",
            Task::Helper => "做库自己的事",
            Task::Flush => "等放进队列的都写完（退出之前）",
            Task::Loop => "事件循环（asyncio）",
            Task::Process | Task::Unknown => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::Call;

    use super::*;

    /// A thread with these functions, the innermost first; `own` is the program's.
    fn python(frames: &[(&str, &str)]) -> Waiting {
        let frame = |(function, file): &(&str, &str)| Frame {
            function: (*function).to_owned(),
            file: Some(format!("/usr/lib/python3.11/{file}")),
            line: Some(1),
            own: *file == "own.py",
            language: Language::Python,
            source: None,
        };
        let others = Vec::new();
        let hint = Hint::Unknown;
        Waiting {
            pid: 1,
            tid: 1,
            program: 0,
            call: Call::Futex { word: 1, value: 0, timeout: None },
            on: On::Wake { word: 1, value: None, lock: None, owner: None, others, hint },
            place: None,
            frames: frames.iter().map(frame).collect(),
            since: Duration::ZERO,
        }
    }

    #[test]
    fn what_the_program_has_called_counts() {
        const T: &str = "threading.py";
        const LOOP: &str = "asyncio/base_events.py";
        const OWN: (&str, &str) = ("work", "own.py");
        for (frames, expected) in [
            (&[("wait", T), OWN][..], Task::Condition),
            (&[("wait", T), ("wait_for", T), OWN], Task::Condition),
            (&[("wait", T), ("wait", T), OWN], Task::Event),
            (&[("wait", T), ("wait_for", T), ("_wait", T), ("wait", T), OWN], Task::Barrier),
            (&[("wait", T), ("acquire", T), OWN], Task::Semaphore),
            (&[("__enter__", T), OWN], Task::Lock),
            (&[("_wait_for_tstate_lock", T), ("join", T), OWN], Task::Join),
            (&[("_wait_for_tstate_lock", T), ("_shutdown", T)], Task::AtExit),
            (&[("wait", T), ("get", "queue.py"), OWN], Task::Get),
            (&[("wait", T), ("put", "queue.py"), OWN], Task::Put),
            (&[("wait", T), ("join", "queue.py"), OWN], Task::Done),
            (&[("wait", T), ("result", "concurrent/futures/_base.py"), OWN], Task::Future),
            (&[("get", "own.py"), ("worker", "multiprocessing/pool.py")], Task::Unknown),
            (
                &[("select", "selectors.py"), ("_run_once", LOOP), ("run_forever", LOOP), OWN],
                Task::Loop,
            ),
            (&[OWN], Task::Unknown),
            (&[], Task::Unknown),
        ] {
            assert_eq!(task(&python(frames)), expected, "{frames:?}");
        }
    }

    #[test]
    fn a_pool_that_has_nothing_to_do_is_told_from_one_that_is_busy() {
        const POOL: &str = "multiprocessing/pool.py";
        const FUTURES: &str = "concurrent/futures/thread.py";
        let idle = [("get", "multiprocessing/queues.py"), ("worker", POOL), ("run", "x.py")];
        assert_eq!(task(&python(&idle)), Task::Idle);
        assert!(!in_pool(&python(&idle)));
        let idle = [("_worker", FUTURES), ("run", "threading.py")];
        assert_eq!(task(&python(&idle)), Task::Idle);
        let busy = [
            ("wait", "threading.py"),
            ("result", "concurrent/futures/_base.py"),
            ("work", "own.py"),
            ("run", FUTURES),
            ("_worker", FUTURES),
        ];
        assert_eq!(task(&python(&busy)), Task::Future);
        assert!(in_pool(&python(&busy)));
        // a function of the library that was given to it as the task
        let busy =
            [("wait", "threading.py"), ("get", "queue.py"), ("run", FUTURES), ("_worker", FUTURES)];
        assert_eq!(task(&python(&busy)), Task::Get);
        let waits = [("wait", "threading.py"), ("get", POOL), ("map", POOL), ("main", "own.py")];
        assert_eq!(task(&python(&waits)), Task::PoolResult);
        // a program's own file may be called as one of the library is
        let own = [("get", "my_queue.py"), ("work", "own.py")];
        assert_eq!(task(&python(&own)), Task::Unknown);
    }
}
