//! Pipes that nobody writes, reads or closes, and who could.

use super::*;

#[test]
fn a_parent_that_keeps_the_writing_end_open() {
    let found =
        sentence(&one(), vec![forked()], vec![wait_for_child(), child_reads_pipe(&[SERVER])]);
    assert_eq!(
        found,
        "父进程等子进程结束，子进程等管道里的数据，可管道的写端只有父进程自己还开着（没有关），它也不写"
    );
    let both =
        sentence(&one(), vec![forked()], vec![wait_for_child(), child_reads_pipe(&[11, SERVER])]);
    assert!(both.ends_with("只有父进程和子进程自己还开着（都没有关）"), "{both}");
    let own = sentence(&one(), vec![forked()], vec![child_reads_pipe(&[11])]);
    assert!(own.starts_with("子进程在读管道，可管道的写端只有它自己还开着"), "{own}");
}

#[test]
fn pipes_that_are_full_and_pipes_of_each_other() {
    let on = On::Pipe { id: 1, holders: vec![SERVER], unread: 65_536 };
    let writes = waiting(0, 11, 11, send(Object::Pipe { id: 1 }), on);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), writes]);
    assert!(found.contains("管道满了（65536 字节），可没有人读"), "{found}");
    let on = On::Pipe { id: 2, holders: vec![11, SERVER], unread: 0 };
    let parent = waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 2 }), on);
    let found = sentence(&one(), vec![forked()], vec![parent, child_reads_pipe(&[SERVER])]);
    assert_eq!(found, "父进程在等子进程往管道里写，子进程也在等父进程往管道里写");
}

#[test]
fn a_pipe_is_proved_only_where_nobody_else_could_write_or_read() {
    use Certainty::{Candidate, Proved};
    let parent_reads = |holders: &[i32]| {
        let on = On::Pipe { id: 2, holders: holders.to_vec(), unread: 0 };
        waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 2 }), on)
    };
    let writes = |holders: &[i32]| {
        let on = On::Pipe { id: 1, holders: holders.to_vec(), unread: 65_536 };
        waiting(0, 11, 11, send(Object::Pipe { id: 1 }), on)
    };
    let locked = |holders: &[i32]| {
        let on = On::FileLock { holders: holders.to_vec() };
        waiting(0, SERVER, SERVER, Call::Other { number: 73 }, on)
    };
    let fifo = waiting(0, SERVER, SERVER, receive(Object::Input), On::Fifo { path: "f".into() });
    for (waiting, code, certainty, remedy) in [
        (
            vec![wait_for_child(), child_reads_pipe(&[SERVER])],
            Code::PipeEndLeftOpen,
            Proved,
            Some(Remedy::ClosePipeEnds),
        ),
        (vec![child_reads_pipe(&[11])], Code::PipeEndLeftOpen, Proved, Some(Remedy::ClosePipeEnds)),
        (
            vec![wait_for_child(), child_reads_pipe(&[SERVER, 77])],
            Code::PipeWriterIdle,
            Candidate,
            None,
        ),
        (
            vec![wait_for_child(), writes(&[SERVER])],
            Code::PipeNeverRead,
            Proved,
            Some(Remedy::ReadPipe),
        ),
        (
            vec![wait_for_child(), writes(&[SERVER, 77])],
            Code::PipeNeverRead,
            Candidate,
            Some(Remedy::ReadPipe),
        ),
        (
            vec![parent_reads(&[11]), child_reads_pipe(&[SERVER])],
            Code::PipesOfEachOther,
            Proved,
            None,
        ),
        (
            vec![parent_reads(&[11, 77]), child_reads_pipe(&[SERVER])],
            Code::PipesOfEachOther,
            Candidate,
            None,
        ),
        (vec![locked(&[SERVER])], Code::FileLockTakenTwice, Proved, Some(Remedy::UnlockFile)),
        (vec![locked(&[])], Code::FileLockHeld, Candidate, Some(Remedy::UnlockFile)),
        (vec![fifo], Code::FifoNeverOpened, Proved, None),
    ] {
        let cause = explained(&one(), vec![forked()], waiting);
        assert_eq!(
            (cause.code, cause.certainty, cause.remedy),
            (code, certainty, remedy),
            "{cause:#?}"
        );
    }
}
