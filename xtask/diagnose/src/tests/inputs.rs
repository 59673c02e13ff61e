//! Children that read what their parent writes.

use super::*;

/// A process waits for a pipe, with this descriptor.
fn on_pipe(pid: i32, fd: i32, id: u64, holders: &[i32]) -> Waiting {
    let call = Call::Receive { fd, object: Object::Pipe { id }, data: Data::default() };
    waiting(0, pid, pid, call, On::Pipe { id, holders: holders.to_vec(), unread: 0 })
}

#[test]
fn a_child_whose_input_only_its_parent_could_close() {
    let found = |fd: i32, holders: &[i32]| {
        let all = vec![on_pipe(SERVER, 5, 2, &[11]), on_pipe(11, fd, 1, holders)];
        explained(&one(), vec![forked()], all)
    };
    let only = found(0, &[SERVER]);
    assert_eq!((only.code, only.certainty), (Code::PipesOfEachOther, Certainty::Proved));
    assert!(
        only.sentence.ends_with(
            "；子进程的标准输入只有父进程还开着写端，父进程不关，子进程就等不到文件结束"
        ),
        "{only:#?}"
    );
    let advice = only.advice.unwrap();
    assert!(advice.starts_with("子进程要读到文件结束才输出的话"), "{advice}");
    assert!(advice.contains("drop(child.stdin.take())"), "{advice}");
    // another has it, too; and no standard input
    for other in [found(0, &[SERVER, 11]), found(4, &[SERVER])] {
        assert!(!other.sentence.contains("标准输入") && other.advice.is_none(), "{other:#?}");
    }
}
