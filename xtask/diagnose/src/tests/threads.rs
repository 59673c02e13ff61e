//! Threads that wait for locks, channels and each other.

use super::*;

#[test]
fn two_locks_in_opposite_order() {
    let all = vec![
        join(11),
        wake(11, Hint::Lock, Some(2), &[10, 12]),
        wake(12, Hint::Lock, Some(2), &[10, 11]),
    ];
    assert_eq!(sentence(&one(), vec![], all), "两个线程各拿着一把锁，等对方手里的那一把");
    // the word of a parking_lot lock belongs to the one who waits: which lock it is cannot be known
    let all = vec![wake(11, Hint::Lock, Some(1), &[12]), wake(12, Hint::Lock, Some(1), &[11])];
    assert!(sentence(&one(), vec![], all).contains("多半是各拿着一把锁"));
    let mut all = vec![wake(11, Hint::Lock, Some(2), &[12]), wake(12, Hint::Lock, Some(2), &[11])];
    let On::Wake { word, .. } = all[0].on else { panic!() };
    if let On::Wake { word: other, .. } = &mut all[1].on {
        *other = word;
    }
    assert!(sentence(&one(), vec![], all).starts_with("两个线程在等同一把锁"));
    let all = vec![
        waiting(0, SERVER, SERVER, receive(Object::Input), On::Input),
        wake(11, Hint::Lock, Some(2), &[10, 12]),
        wake(12, Hint::Lock, Some(2), &[10, 11]),
    ];
    let found = sentence(&one(), vec![], all);
    assert!(found.ends_with("；主线程（main）在等有人输入"), "{found}");
}

#[test]
fn a_lock_that_nobody_gives_back() {
    let waits = || vec![wake(SERVER, Hint::Lock, Some(2), &[])];
    let alone = explained(&one(), vec![], waits());
    assert_eq!((alone.code, alone.certainty), (Code::LockTakenTwice, Certainty::Proved));
    // another thread may have had it
    let made = traced(0, SERVER, Activity::NewThread { child: 15 });
    let ended = Activity::ThreadEnded;
    let ended = event(Kind::Traced { terminal: 0, pid: SERVER, tid: 15, activity: ended });
    let cause = explained(&one(), vec![made, ended], waits());
    assert_eq!((cause.code, cause.certainty), (Code::LockWithoutOwner, Certainty::Proved));
    let found = cause.sentence;
    assert!(found.starts_with("「主」在等一把锁，可是这个进程里没有别的线程会来放开它"), "{found}");
    let found = sentence(&one(), vec![], vec![join(11), wake(11, Hint::Lock, Some(2), &[10])]);
    assert!(
        found.contains("主线程（main）在等 11 号线程结束（join），11 号线程在等一把锁"),
        "{found}"
    );
}

#[test]
fn a_channel_that_nobody_sends_into() {
    let found = sentence(&one(), vec![], vec![join(11), wake(11, Hint::Receive, None, &[10])]);
    assert!(
        found.starts_with(
            "主线程（main）在等 11 号线程结束（join），11 号线程在等一个再也没有人发送的通道"
        ),
        "{found}"
    );
    let found = sentence(&one(), vec![], vec![wake(SERVER, Hint::Receive, None, &[])]);
    assert!(found.starts_with("「主」在等一个再也没有人发送的通道"), "{found}");
}

#[test]
fn what_locks_and_threads_wait_for_is_proved_only_where_nobody_else_is_left() {
    use Certainty::{Candidate, Proved};
    let locks = || vec![wake(11, Hint::Lock, Some(2), &[12]), wake(12, Hint::Lock, Some(2), &[11])];
    let joins = |tid, thread| {
        waiting(
            0,
            SERVER,
            tid,
            Call::Futex { word: 1, value: 0, timeout: None },
            On::Join { thread },
        )
    };
    let with = |first: Waiting, mut rest: Vec<Waiting>| {
        rest.insert(0, first);
        rest
    };
    let reads = waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    for (waiting, code, certainty) in [
        (vec![wake(SERVER, Hint::Lock, Some(2), &[])], Code::LockTakenTwice, Proved),
        (locks(), Code::LocksInOppositeOrder, Candidate),
        (with(reads, locks()), Code::LockHeldByWaiter, Candidate),
        (vec![wake(SERVER, Hint::Lock, Some(2), &[9])], Code::LockHeld, Candidate),
        (vec![joins(SERVER, 11), joins(11, SERVER)], Code::ThreadsJoinEachOther, Proved),
        (
            vec![joins(SERVER, 11), wake(11, Hint::Receive, None, &[SERVER])],
            Code::ChannelNeverSent,
            Candidate,
        ),
        (vec![wake(SERVER, Hint::Receive, None, &[])], Code::ChannelNeverSent, Proved),
        (vec![wake(SERVER, Hint::Send, None, &[])], Code::ChannelNeverReceived, Proved),
        (vec![wake(SERVER, Hint::Select, None, &[])], Code::SelectNeverReady, Proved),
        (vec![wake(SERVER, Hint::Condition, None, &[9])], Code::ConditionNeverNotified, Candidate),
        (vec![wake(SERVER, Hint::Barrier, None, &[9])], Code::BarrierTooFew, Candidate),
        (vec![wake(SERVER, Hint::WaitGroup, None, &[9])], Code::WaitGroupNeverDone, Candidate),
        (vec![wake(SERVER, Hint::Park, None, &[9])], Code::ParkNeverUnparked, Candidate),
        (vec![wake(SERVER, Hint::Unknown, None, &[9])], Code::NeverWoken, Candidate),
    ] {
        let cause = explained(&one(), vec![], waiting);
        assert_eq!(diagnosis(&cause), (code, certainty, Some(0)), "{cause:#?}");
    }
}
