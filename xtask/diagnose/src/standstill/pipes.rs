//! Pipes, with names and without.

use events::{Call, On};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::library::Task;
use super::super::roster::Roster;
use super::super::source;
use super::super::words::doing;
use super::{all, busiest};

/// A parent waits for a child, which waits for a pipe.
pub fn child_on_a_pipe(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let children = roster.children(thread);
        children.into_iter().find_map(|child| of_child(roster, thread, child))
    })
}

fn of_child(roster: &Roster, thread: usize, pid: i32) -> Option<Finding> {
    let on_pipe = |one: &usize| {
        matches!(roster.waiting[*one].on, On::Pipe { .. }) && !waits_for_its_library(roster, *one)
    };
    let waits = roster.threads_of(pid).into_iter().find(on_pipe)?;
    match roster.receives(waits) {
        true => child_reads(roster, thread, waits),
        false => child_writes(roster, thread, waits),
    }
}

/// What it reads is no pipe of the program's own: a queue's, a pool's.
fn waits_for_its_library(roster: &Roster, thread: usize) -> bool {
    let task = roster.task(thread);
    roster.receives(thread)
        && matches!(task, Task::Get | Task::Idle | Task::Helper | Task::PoolResult)
}

fn child_writes(roster: &Roster, thread: usize, waits: usize) -> Option<Finding> {
    let On::Pipe { id, holders, unread } = &roster.waiting[waits].on else { return None };
    let (parent, pid) = (roster.waiting[thread].pid, roster.waiting[waits].pid);
    let (name, child) = (roster.name(thread), roster.process_name(pid));
    let reads = |one: &usize| {
        matches!(&roster.waiting[*one].on, On::Pipe { id: other, .. } if other == id)
            && roster.receives(*one)
    };
    // nobody but these could read it, and they do not
    let ours =
        holders.iter().all(|one| [parent, pid].contains(one) || is_sibling(roster, *one, pid));
    let closed = Certainty::proved_if(ours && !all(roster).any(|one| reads(&one)));
    let takes = source::here(&roster.waiting[thread].frames).and_then(|spot| {
        let (line, call) = spot.call_below(&["get"], |_| true)?;
        Some(format!("；{name}第 {line} 行才 {call}，却先在第 {} 行等它结束", spot.line()))
    });
    let (sentence, advice) = match roster.task(waits) {
        Task::Helper => (
            format!(
                "{name}等{child}结束，{child}放进队列（Queue）的东西还没有都写进管道，它要写完才能结束：管道满了（{unread} 字节），可没有人取{}",
                takes.unwrap_or_default()
            ),
            "先从队列里取（get），再等它结束（join）",
        ),
        _ => (
            format!(
                "{name}等{child}结束，{child}等人读走管道里的数据：管道满了（{unread} 字节），可没有人读"
            ),
            match roster.task(thread) {
                Task::Process => "先读完它的输出再等；或者用 communicate()，它一边读一边等",
                _ => "先读管道，读完再等子进程结束",
            },
        ),
    };
    let finding = Finding::new(Code::PipeNeverRead, closed, sentence).advises(advice);
    Some(finding.blames(roster, thread))
}

/// Another child of the same parent, which waits, too.
fn is_sibling(roster: &Roster, one: i32, pid: i32) -> bool {
    let parent = roster.endings.parent_of(pid);
    parent.is_some()
        && roster.endings.parent_of(one) == parent
        && !roster.threads_of(one).is_empty()
}

fn child_reads(roster: &Roster, thread: usize, waits: usize) -> Option<Finding> {
    let On::Pipe { holders, .. } = &roster.waiting[waits].on else { return None };
    let (parent, pid) = (roster.waiting[thread].pid, roster.waiting[waits].pid);
    let (name, child) = (roster.name(thread), roster.process_name(pid));
    let (code, blamed, open) = match holders.as_slice() {
        [only] if *only == parent => {
            let open = format!("只有{name}自己还开着（没有关），它也不写");
            (Code::PipeEndLeftOpen, Some(parent), open)
        }
        [only] if *only == pid => {
            let open = format!("只有{child}自己还开着（没有关）");
            (Code::PipeEndLeftOpen, Some(pid), open)
        }
        [_, _] if holders.contains(&parent) && holders.contains(&pid) => {
            let open = format!("只有{name}和{child}自己还开着（都没有关）");
            (Code::PipeEndLeftOpen, Some(parent), open)
        }
        holders => {
            let open = format!("还有人开着却不写（{}）", who_holds(roster, holders, pid));
            (Code::PipeWriterIdle, holders.first().copied(), open)
        }
    };
    let certainty = match code {
        Code::PipeEndLeftOpen => Certainty::Proved,
        _ => Certainty::Candidate,
    };
    let advice = match (roster.task(thread), blamed == Some(parent)) {
        (Task::Process, true) => {
            "写完就关（stdin.close()），再等；或者用 communicate()，它写完会关"
        }
        _ => "不再写的那一端都要关：fork 之后，父子各关掉自己不用的一端",
    };
    let sentence = format!("{name}等{child}结束，{child}等管道里的数据，可管道的写端{open}");
    let finding = Finding::new(code, certainty, sentence).advises(advice);
    Some(finding.blames_process(roster, blamed))
}

/// Who holds an end of a pipe, and what they do instead of using it.
fn who_holds(roster: &Roster, holders: &[i32], except: i32) -> String {
    let told = holders.iter().filter(|pid| **pid != except).map(|pid| {
        let name = roster.process_name(*pid);
        match busiest(roster, *pid) {
            Some(one) => format!("{name}，它{}", doing(roster, one)),
            None => name,
        }
    });
    told.collect::<Vec<_>>().join("；")
}

/// A process reads a pipe whose holders do not write, or writes one that they do not read.
pub fn held(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let one = &roster.waiting[thread];
        let On::Pipe { holders, unread, .. } = &one.on else { return None };
        if waits_for_its_library(roster, thread) || !holders.iter().any(|pid| *pid != one.pid) {
            return None;
        }
        let (name, who) = (roster.name(thread), who_holds(roster, holders, one.pid));
        let own = if holders.contains(&one.pid) { "，还有它自己" } else { "" };
        let (code, sentence) = match roster.receives(thread) {
            true => {
                let sentence =
                    format!("{name}在等管道里的数据或文件结束；写端还开着、却不写的是{who}{own}");
                (Code::PipeHoldersWaitElsewhere, sentence)
            }
            false => {
                let sentence = format!(
                    "{name}在写管道，管道满了（{unread} 字节）；读端开着、却不读的是{who}{own}"
                );
                (Code::PipeNeverRead, sentence)
            }
        };
        // all of them wait
        let known = holders.iter().all(|pid| !roster.threads_of(*pid).is_empty());
        let finding = Finding::new(code, Certainty::proved_if(known), sentence);
        let other = holders.iter().find(|pid| **pid != one.pid).copied();
        Some(finding.blames_process(roster, other))
    })
}

/// Two processes each wait for what the other should write.
pub fn of_each_other(roster: &Roster) -> Option<Finding> {
    let writers = |one: usize| match &roster.waiting[one].on {
        On::Pipe { holders, .. } if roster.receives(one) && !waits_for_its_library(roster, one) => {
            holders.as_slice()
        }
        _ => &[],
    };
    all(roster).find_map(|one| {
        let pid = roster.waiting[one].pid;
        let other = all(roster).skip(one + 1).find(|other| {
            let other_pid = roster.waiting[*other].pid;
            pid != other_pid && writers(one).contains(&other_pid) && writers(*other).contains(&pid)
        })?;
        let both = [pid, roster.waiting[other].pid];
        // a third that holds a writing end could be the one who should write
        let closed = writers(one).iter().chain(writers(other)).all(|pid| both.contains(pid));
        let (name, other_name) = (roster.name(one), roster.name(other));
        let sentence =
            format!("{name}在等{other_name}往管道里写，{other_name}也在等{name}往管道里写");
        let certainty = Certainty::proved_if(closed);
        let feeds = |parent: usize, child: usize| {
            let (pid, child_pid) = (roster.waiting[parent].pid, roster.waiting[child].pid);
            let input = matches!(roster.waiting[child].call, Call::Receive { fd: 0, .. });
            let is_parent = roster.endings.parent_of(child_pid) == Some(pid);
            input && is_parent && writers(child) == [pid]
        };
        let pairs = [(one, other), (other, one)];
        let Some((parent, child)) = pairs.into_iter().find(|(one, other)| feeds(*one, *other))
        else {
            let finding = Finding::new(Code::PipesOfEachOther, certainty, sentence);
            return Some(finding.blames(roster, one));
        };
        let (parent_name, child_name) = (roster.name(parent), roster.name(child));
        let sentence = format!(
            "{sentence}；{child_name}的标准输入只有{parent_name}还开着写端，{parent_name}不关，{child_name}就等不到文件结束"
        );
        let finding = Finding::new(Code::PipesOfEachOther, certainty, sentence);
        let advice = close_input(roster, parent, &child_name);
        Some(finding.advises(advice).blames(roster, parent))
    })
}

/// Whether the child wants the end of its input or an answer to what it has said, nobody knows.
fn close_input(roster: &Roster, parent: usize, child: &str) -> String {
    let (name, python) = (roster.name(parent), roster.is_python(roster.waiting[parent].pid));
    let close = match python {
        true => "stdin.close()，或者用 communicate()，它写完会关",
        false => "Rust 用 drop(child.stdin.take())",
    };
    format!(
        "{child}要读到文件结束才输出的话（比如 sort），{name}写完就关掉它的标准输入（{close}），再读它的输出；一问一答的话，看每一句有没有换行符、有没有 flush"
    )
}

/// A process holds the end of a pipe that it waits for.
pub fn own(roster: &Roster) -> Option<Finding> {
    let thread = all(roster).find(|one| {
        let waiting = &roster.waiting[*one];
        matches!(&waiting.on, On::Pipe { holders, .. } if *holders == [waiting.pid])
            && roster.threads_of(waiting.pid).len() == 1
            && !waits_for_its_library(roster, *one)
    })?;
    let name = roster.name(thread);
    let (code, sentence) = match roster.receives(thread) {
        true => {
            let sentence = format!(
                "{name}在读管道，可管道的写端只有它自己还开着（没有关）：永远等不到文件结束"
            );
            (Code::PipeEndLeftOpen, sentence)
        }
        false => {
            let sentence = format!("{name}在写管道，管道满了，可读端只有它自己开着，它又不读");
            (Code::PipeNeverRead, sentence)
        }
    };
    Some(Finding::new(code, Certainty::Proved, sentence).blames(roster, thread))
}

/// A named pipe of which nobody opens the other end.
pub fn fifo(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|one| {
        let On::Fifo { path } = &roster.waiting[one].on else { return None };
        let sentence = format!(
            "{}在打开 {path}：它是命名管道（FIFO），要有人打开另一头，open 才会返回，可没有人来打开",
            roster.name(one)
        );
        Some(Finding::new(Code::FifoNeverOpened, Certainty::Proved, sentence).blames(roster, one))
    })
}
