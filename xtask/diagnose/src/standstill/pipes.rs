//! Pipes, with names and without.

use events::On;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::all;

/// A parent waits for a child, which waits for a pipe.
pub fn child_on_a_pipe(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let children = roster.children(thread);
        children.into_iter().find_map(|child| of_child(roster, thread, child))
    })
}

fn of_child(roster: &Roster, thread: usize, pid: i32) -> Option<Finding> {
    let parent = roster.waiting[thread].pid;
    let on_pipe = |one: &usize| matches!(roster.waiting[*one].on, On::Pipe { .. });
    let waits = roster.threads_of(pid).into_iter().find(on_pipe)?;
    let On::Pipe { holders, unread, .. } = &roster.waiting[waits].on else { return None };
    let (name, child) = (roster.name(thread), roster.process_name(pid));
    // nobody but these two could do what is waited for
    let closed = Certainty::proved_if(holders.iter().all(|one| [parent, pid].contains(one)));
    if !roster.receives(waits) {
        let sentence = format!(
            "{name}等{child}结束，{child}等人读走管道里的数据：管道满了（{unread} 字节），可没有人读"
        );
        return Some(Finding::new(Code::PipeNeverRead, closed, sentence).blames(roster, thread));
    }
    let (code, blamed, open) = match holders.as_slice() {
        [only] if *only == parent => {
            let open = format!("只有{name}自己还开着（忘了关）");
            (Code::PipeEndLeftOpen, Some(parent), open)
        }
        [only] if *only == pid => {
            let open = format!("只有{child}自己还开着（忘了关）");
            (Code::PipeEndLeftOpen, Some(pid), open)
        }
        [_, _] if holders.contains(&parent) && holders.contains(&pid) => {
            let open = format!("只有{name}和{child}自己还开着（都忘了关）");
            (Code::PipeEndLeftOpen, Some(parent), open)
        }
        holders => {
            let open = format!("还有人开着却不写（{}）", roster.process_names(holders));
            (Code::PipeWriterIdle, holders.first().copied(), open)
        }
    };
    let certainty = match code {
        Code::PipeEndLeftOpen => Certainty::Proved,
        _ => Certainty::Candidate,
    };
    let sentence = format!("{name}等{child}结束，{child}等管道里的数据，可管道的写端{open}");
    Some(Finding::new(code, certainty, sentence).blames_process(roster, blamed))
}

/// Two processes each wait for what the other should write.
pub fn of_each_other(roster: &Roster) -> Option<Finding> {
    let writers = |one: usize| match &roster.waiting[one].on {
        On::Pipe { holders, .. } if roster.receives(one) => holders.as_slice(),
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
        let finding = Finding::new(Code::PipesOfEachOther, Certainty::proved_if(closed), sentence);
        Some(finding.blames(roster, one))
    })
}

/// A process holds the end of a pipe that it waits for.
pub fn own(roster: &Roster) -> Option<Finding> {
    let thread = all(roster).find(|one| {
        let waiting = &roster.waiting[*one];
        matches!(&waiting.on, On::Pipe { holders, .. } if *holders == [waiting.pid])
            && roster.threads_of(waiting.pid).len() == 1
    })?;
    let name = roster.name(thread);
    let (code, sentence) = match roster.receives(thread) {
        true => {
            let sentence = format!(
                "{name}在读管道，可管道的写端只有它自己还开着（忘了关）：永远等不到文件结束"
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
