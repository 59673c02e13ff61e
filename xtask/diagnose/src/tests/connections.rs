//! The two ends of a connection, clients and servers.

use super::talk::*;
use super::*;

#[test]
fn both_wait_for_the_first_word() {
    let found = explained(&two(), vec![], vec![server_receives(), client_receives()]);
    assert_eq!(
        found.sentence,
        "「服务器端」在等「客户端」先说话，「客户端」也在等「服务器端」先说话"
    );
    let server = found.waiters().next().unwrap();
    assert_eq!((server.terminal, server.pid, server.count), (0, SERVER, 1));
    assert_eq!(server.call, "接收（recv）");
    assert_eq!(server.target, "等「客户端」的数据；两边都没有没读的字节");
    assert_eq!(server.unread, Some((0, 0)));
    assert_eq!(server.place.as_ref().unwrap().to_string(), "src/main.rs:7");
}

#[test]
fn the_last_one_to_speak_may_have_to_half_close() {
    let said = |first, second| [says(first, b"hi\n"), says(second, b"hi\n")].concat();
    let all = || vec![server_receives(), client_receives()];
    let found = causes(said(SERVER, CLIENT), all());
    assert_candidates(&found, Code::HalfCloseMissing);
    assert_eq!(
        found[0].sentence,
        "如果「服务器端」读到流的末尾（收到 0 字节）才往下走：「客户端」没有半关闭（shutdown），「服务器端」不知道它已经说完"
    );
    let found = causes(said(CLIENT, SERVER), all());
    assert!(found[0].sentence.contains("「服务器端」没有半关闭"), "{found:#?}");
}

#[test]
fn both_send_and_nobody_receives() {
    let all = vec![
        waiting(0, SERVER, SERVER, send(connection(SERVER)), peer(CLIENT)),
        waiting(1, CLIENT, CLIENT, send(connection(CLIENT)), peer(SERVER)),
    ];
    let found = sentence(&two(), vec![], all);
    assert_eq!(found, "「服务器端」和「客户端」都在发送，谁也不接收：两边的缓冲区都满了");
}

#[test]
fn a_server_without_a_client() {
    let found = sentence(&two(), vec![], vec![accepts()]);
    assert_eq!(found, "「服务器端」在 accept 等下一个客户端，可是再没有客户端会来");
}

#[test]
fn a_client_that_is_neglected_or_never_accepted() {
    let found = sentence(&two(), vec![], vec![accepts(), client_receives()]);
    assert!(found.starts_with("「客户端」在等「服务器端」的数据，「服务器端」却在等下一个客户端"));
    let mut queued = client_receives();
    if let On::Peer { holders, unaccepted, .. } = &mut queued.on {
        holders.clear();
        *unaccepted = true;
    }
    let reads = waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    let found = sentence(&two(), vec![listening()], vec![queued.clone(), reads]);
    assert_eq!(
        found,
        "「客户端」已经连上，却一直排在队列里：「服务器端」没有接受（accept）它，「服务器端」在等有人输入"
    );
    let found = sentence(&two(), vec![], vec![queued]);
    assert!(found.ends_with("没有人接受（accept）它"), "{found}");
}

#[test]
fn a_cause_names_its_kind_how_certain_it_is_and_who_has_to_change() {
    use Certainty::{Candidate, Proved};
    let peer_waits = |holders: &[i32], pid: i32| {
        let mut one = waiting(1, pid, pid, receive(connection(CLIENT)), peer(SERVER));
        if let On::Peer { holders: on, .. } = &mut one.on {
            *on = holders.to_vec();
        }
        one
    };
    let mut queued = client_receives();
    if let On::Peer { holders, unaccepted, .. } = &mut queued.on {
        holders.clear();
        *unaccepted = true;
    }
    let mut by_line = server_receives();
    if let On::Peer { by_line, .. } = &mut by_line.on {
        *by_line = true;
    }
    let both_listen = vec![server_receives(), client_receives()];
    let both_send = vec![
        waiting(0, SERVER, SERVER, send(connection(SERVER)), peer(CLIENT)),
        waiting(1, CLIENT, CLIENT, send(connection(CLIENT)), peer(SERVER)),
    ];
    let last_word = [says(SERVER, b"hi"), says(CLIENT, b"hi\n")].concat();
    let half_a_line = says(CLIENT, b"hi");
    for (story, waiting, expected) in [
        (vec![], both_listen.clone(), (Code::BothListen, Proved, None)),
        (last_word, both_listen, (Code::HalfCloseMissing, Candidate, Some(1))),
        (vec![], both_send, (Code::BothSend, Proved, None)),
        (half_a_line, vec![by_line, client_receives()], (Code::NewlineMissing, Candidate, Some(1))),
        (vec![], vec![accepts()], (Code::ClientNeverComes, Proved, Some(0))),
        (vec![], vec![accepts(), client_receives()], (Code::ConnectionNeglected, Proved, Some(0))),
        (
            vec![],
            vec![accepts(), peer_waits(&[SERVER, 12], CLIENT)],
            (Code::ConnectionNeglected, Candidate, Some(0)),
        ),
        (vec![], vec![peer_waits(&[CLIENT], CLIENT)], (Code::ConnectionToItself, Proved, Some(1))),
        (
            vec![],
            vec![waiting(0, SERVER, SERVER, receive(Object::Input), On::Input), client_receives()],
            (Code::PeerWaitsElsewhere, Proved, Some(0)),
        ),
        (vec![], vec![queued.clone()], (Code::NeverAccepted, Proved, None)),
        (vec![listening()], vec![queued, accepts()], (Code::NeverAccepted, Proved, Some(0))),
    ] {
        let cause = explained(&two(), story, waiting);
        assert_eq!(diagnosis(&cause), expected, "{cause:#?}");
    }
}

#[test]
fn a_cause_rests_on_facts_and_comes_before_what_the_judge_says() {
    let mut reads_lines = server_receives();
    if let On::Peer { by_line, .. } = &mut reads_lines.on {
        *by_line = true;
    }
    let cause = explained(
        &two(),
        [says(CLIENT, b"hi"), hears(SERVER, 9, b"hi")].concat(),
        vec![reads_lines, client_receives()],
    );
    let half = Evidence::HalfALine { terminal: 1, text: "hi".into() };
    assert_eq!(cause.evidence[0], half);
    assert_eq!(cause.waiters().count(), 2);
    assert_eq!(cause.place.as_ref().unwrap().line, 7);
    assert_eq!(cause.remedy, Some(Remedy::SendNewline));
    assert_eq!(cause.code.id(), "newline-missing");
    let advice = cause.advice.as_deref().unwrap();
    let told = format!(
        "{}。可能的原因：{}。改法：{advice}",
        cause.fact.as_deref().unwrap(),
        cause.sentence
    );
    assert_eq!(tell_with(&[&cause], ""), told);
    assert_eq!(tell_with(&[&cause], "停在这里"), format!("{told}。停在这里"));
    let two = tell_with(&[&cause, &cause], "停在这里");
    let numbered: Vec<&str> = two.lines().collect();
    assert_eq!(numbered.len(), 4);
    assert!(numbered[1].starts_with("1. ") && numbered[2].starts_with("2. "), "{two}");
}
