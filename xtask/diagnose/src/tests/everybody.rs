//! Whatever the shape: how everybody is called, who is told once, what is said of what nobody understands.

use super::super::before_the_rest;
use super::super::finding::Finding;
use super::*;

/// As `cast` names them, and pictures show them.
#[test]
fn everybody_is_called_as_in_the_picture() {
    let started = event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 });
    let spawned = |child| traced(0, SERVER, Activity::NewThread { child });
    let all = || vec![join(12), wake(12, Hint::Lock, Some(2), &[10])];
    let found = sentence(&one(), vec![started.clone(), spawned(12)], all());
    assert!(
        found.contains("主线程（main）在等「线程」结束（join），「线程」在等一把锁"),
        "{found}"
    );
    let found = sentence(&one(), vec![started.clone(), spawned(11), spawned(12)], all());
    assert!(found.contains("在等「线程 2」结束（join），「线程 2」在等一把锁"), "{found}");
    let forked = |child| traced(0, SERVER, Activity::NewProcess { child });
    let on = On::Child { child: Some(12), children: vec![11, 12] };
    let waits = waiting(0, SERVER, SERVER, Call::Wait { child: Some(12), ended: None }, on);
    let pauses = waiting(0, 12, 12, Call::AwaitSignal { timeout: None }, On::Signal);
    let found = sentence(&one(), vec![started, forked(11), forked(12)], vec![waits, pauses]);
    assert_eq!(found, "父进程在等「子进程 2」结束，「子进程 2」却在等一个信号");
}

#[test]
fn children_that_are_stopped_or_busy() {
    let call = Call::Sleep { length: Duration::ZERO };
    let stopped = waiting(0, 11, 11, call, On::Stopped);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), stopped.clone()]);
    assert!(found.starts_with("父进程在等子进程结束，可子进程被信号暂停了"), "{found}");
    let found = sentence(&one(), vec![forked()], vec![stopped]);
    assert!(found.starts_with("子进程被信号暂停了（SIGSTOP）"), "{found}");
    let pauses = waiting(0, 11, 11, Call::AwaitSignal { timeout: None }, On::Signal);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), pauses]);
    assert_eq!(found, "父进程在等子进程结束，子进程却在等一个信号");
}

#[test]
fn what_nobody_types_or_sends() {
    let reads = waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    assert_eq!(sentence(&one(), vec![], vec![reads]), "「主」在等有人从键盘输入，可再也没有人输入");
    let pauses = waiting(0, SERVER, SERVER, Call::AwaitSignal { timeout: None }, On::Signal);
    assert_eq!(sentence(&one(), vec![], vec![pauses]), "「主」在等一个信号，可没有人会发");
}

#[test]
fn what_nobody_understands_is_still_told_truly() {
    let other = |pid| waiting(0, pid, pid, Call::Other { number: 70 }, On::Unknown);
    assert_eq!(
        sentence(&one(), vec![], vec![other(SERVER)]),
        "「主」停在系统调用（70 号），可再也等不到"
    );
    let found = explained(&one(), vec![forked()], vec![other(SERVER), other(11)]);
    assert_eq!(found.sentence, "每一个都在等别的，没有一个能接着运行");
    let nobody = explained(&one(), vec![], vec![]);
    assert_eq!(nobody.sentence, "每一个都在等别的，没有一个能接着运行");
}

#[test]
fn many_threads_that_wait_for_the_same_are_told_once() {
    let mut all = vec![server_receives(), client_receives()];
    all.extend((0..64).map(|one| wake(100 + one, Hint::Receive, None, &[SERVER])));
    let found = explained(&two(), vec![], all);
    assert!(found.sentence.contains("先说话"), "{}", found.sentence);
    let waiters: Vec<&Waiter> = found.waiters().collect();
    let counts: Vec<usize> = waiters.iter().map(|waiter| waiter.count).collect();
    assert_eq!(counts, [1, 1, 64]);
    assert_eq!(waiters[2].call, "从通道接收（recv）");
}

/// The first program of a script waits, and the script for a line of it.
fn kept_by_the_script(text: &str, waiting: Waiting) -> (Vec<Rule>, Vec<Cause>) {
    let scene = parse(text).unwrap().scenes.remove(0);
    let events = [
        event(Kind::Tracing { clock: Clock::Virtual { seed: 0 } }),
        event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }),
        event(Kind::Stuck { direction: Some(1), waiting: vec![waiting] }),
    ];
    let verdict = judge(&scene, &events);
    let rules = verdict.failures.iter().map(|failure| failure.rule).collect();
    (rules, diagnose(&scene, &events, &verdict))
}

#[test]
fn who_waits_for_what_the_script_has_not_come_to_is_not_blamed() {
    let reads = || waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    for (later, waits) in
        [("主 < 一行\n", reads()), ("主 输入完\n", reads()), ("客 $ lesson-c\n", accepts())]
    {
        let text = format!("场景 试\n主 $ lesson-x\n主 ! 好了\n主 等待\n{later}");
        let (rules, causes) = kept_by_the_script(&text, waits);
        // the line that did not come is told first
        assert_eq!(rules[..2], [Rule::Stderr, Rule::Hang], "{later}");
        assert_eq!(causes, [], "{later}");
    }
    // nothing more comes of the script
    let cause = explained(&one(), vec![], vec![reads()]);
    let expected = (Code::InputNeverComes, Certainty::Proved, Some(0));
    assert_eq!(diagnosis(&cause), expected);
}

#[test]
fn who_waits_for_somebody_who_types_is_named_after_what_is_wrong_elsewhere() {
    assert!(Code::InputNeverComes.leads_elsewhere());
    let told = |certainty, code, failure| {
        let finding = Finding::new(code, certainty, "")
            .rests_on(Evidence::HalfALine { terminal: 0, text: String::new() });
        finding.explains(Some(failure))
    };
    let input = || told(Certainty::Proved, Code::InputNeverComes, 0);
    let mistake = || told(Certainty::Candidate, Code::NothingSent, 1);
    let codes = |causes: Vec<Cause>| causes.iter().map(|one| one.code).collect::<Vec<_>>();
    let both = before_the_rest(vec![mistake()], vec![input()]);
    assert_eq!(codes(both), [Code::NothingSent, Code::InputNeverComes]);
}

#[test]
fn what_only_may_be_does_not_explain_what_something_else_is_proved_to_explain() {
    let cause = |certainty, code, failure, consequences: &[usize]| {
        let cause = Finding::new(code, certainty, "").explains(Some(failure));
        Cause { consequences: consequences.to_vec(), ..cause }
    };
    let told = |mistake: Cause, other: Cause| {
        let all = before_the_rest(vec![mistake], vec![other]).into_iter();
        all.map(|one| (one.code, one.failures().collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let (perhaps, proved) = (Certainty::Candidate, Certainty::Proved);
    let other = || cause(proved, Code::LockTakenTwice, 1, &[]);
    let found = told(cause(perhaps, Code::NothingSent, 0, &[1]), other());
    assert_eq!(found, [(Code::NothingSent, vec![0]), (Code::LockTakenTwice, vec![1])]);
    let found = told(cause(perhaps, Code::NothingSent, 1, &[]), other());
    assert_eq!(found, [(Code::LockTakenTwice, vec![1])]);
    let found = told(cause(proved, Code::NothingSent, 0, &[1]), other());
    assert_eq!(found, [(Code::NothingSent, vec![0, 1])]);
}

#[test]
fn what_is_no_standstill_has_no_cause_yet() {
    let scene = one();
    let ended = Kind::Exited { terminal: 0, exit: events::Exit::Code(3) };
    let events = [event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }), event(ended)];
    let verdict = judge(&scene, &events);
    assert_eq!(verdict.failures.len(), 1);
    assert_eq!(diagnose(&scene, &events, &verdict), []);
}
