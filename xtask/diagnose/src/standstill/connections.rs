//! The two ends of a connection, clients and servers.

use events::On;

use super::super::cause::{Certainty, Evidence};
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::super::words::doing;
use super::{all, busiest};

/// What two programs wait for on the same connection.
struct BothEnds {
    code: Code,
    /// The thread whose program has to change.
    culprit: Option<usize>,
    /// What was sent last, if a newline is lacking.
    said: Option<String>,
    sentence: String,
}

/// Both programs wait on the same connection.
pub fn both_ends(roster: &Roster) -> Option<Finding> {
    let BothEnds { code, culprit, said, sentence } = look_at_both_ends(roster)?;
    // that both send, each into a full buffer, the kernel knows; what a receiver expects nobody does
    let certainty = Certainty::proved_if(code == Code::BothSend);
    let mut finding = Finding::new(code, certainty, sentence);
    if let Some(culprit) = culprit {
        finding = finding.blames(roster, culprit);
        if let Some(text) = said {
            let speaker = roster.name(culprit);
            finding = finding.advises(format!("{speaker}发的每一行末尾加上换行符"));
            let terminal = roster.terminal(&roster.waiting[culprit]);
            finding = finding.rests_on(Evidence::HalfALine { terminal, text });
        }
    }
    Some(finding)
}

/// The same in words only, for whoever waits for one of the two.
pub fn both_ends_in_words(roster: &Roster) -> Option<String> {
    look_at_both_ends(roster).map(|found| found.sentence)
}

fn look_at_both_ends(roster: &Roster) -> Option<BothEnds> {
    let (one, other) = all(roster).find_map(|one| {
        let other = roster.other_end(one)?;
        (roster.receives(one) == roster.receives(other)).then_some((one, other))
    })?;
    let half = half_a_line(roster, one, other).or_else(|| half_a_line(roster, other, one));
    if half.is_some() {
        return half;
    }
    let (name, other_name) = (roster.name(one), roster.name(other));
    let nobody = |code, sentence| Some(BothEnds { code, culprit: None, said: None, sentence });
    if !roster.receives(one) {
        let sentence = format!("{name}和{other_name}都在发送，谁也不接收：两边的缓冲区都满了");
        return nobody(Code::BothSend, sentence);
    }
    let (last, listener) = match (roster.sent(one), roster.sent(other)) {
        (None, None) => {
            let sentence = format!("{name}在等{other_name}先说话，{other_name}也在等{name}先说话");
            return nobody(Code::BothListen, sentence);
        }
        (mine, theirs) if mine > theirs => (one, other),
        _ => (other, one),
    };
    let sentence = format!(
        "{last}在等答复；{listener}还在等{last}往下说，等它说完：{last}没有半关闭（shutdown），{listener}不知道它已经说完",
        last = roster.name(last),
        listener = roster.name(listener)
    );
    let code = Code::HalfCloseMissing;
    Some(BothEnds { code, culprit: Some(last), said: None, sentence })
}

/// A thread reads lines, and what came last is not yet one.
fn half_a_line(roster: &Roster, reader: usize, speaker: usize) -> Option<BothEnds> {
    let On::Peer { by_line: true, .. } = roster.waiting[reader].on else { return None };
    let heard = roster.heard(reader).filter(|data| !data.cut && !data.text.ends_with('\n'))?;
    let said = heard.text.rsplit('\n').next().unwrap_or_default().to_owned();
    let sentence = format!(
        "{}按行读，在等一行的末尾；{}最后发的「{said}」后面没有换行符，它自己却已经在等答复了",
        roster.name(reader),
        roster.name(speaker)
    );
    let code = Code::NewlineMissing;
    Some(BothEnds { code, culprit: Some(speaker), said: Some(said), sentence })
}

/// A client stands in the queue.
pub fn never_accepted(roster: &Roster) -> Option<Finding> {
    let client = all(roster)
        .find(|one| matches!(roster.waiting[*one].on, On::Peer { unaccepted: true, .. }))?;
    let queued = format!("{}已经连上，却一直排在队列里", roster.name(client));
    let server = roster.server_of(client);
    let busy = server.and_then(|pid| busiest(roster, pid));
    let sentence = match (server.map(|pid| roster.process_name(pid)), busy) {
        (Some(server), Some(thread)) => {
            format!("{queued}：{server}没有接受（accept）它，{server}{}", doing(roster, thread))
        }
        (Some(server), None) => format!("{queued}：{server}没有接受（accept）它"),
        (None, _) => format!("{queued}：没有人接受（accept）它"),
    };
    let finding = Finding::new(Code::NeverAccepted, Certainty::Proved, sentence);
    Some(match busy {
        Some(thread) => finding.blames(roster, thread),
        None => finding.blames_process(roster, server),
    })
}

/// The process at the other end does something else.
pub fn neglected_peer(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let waiting = &roster.waiting[thread];
        let On::Peer { holders, unaccepted: false, unread_there, half_closed, .. } = &waiting.on
        else {
            return None;
        };
        let name = roster.name(thread);
        if *holders == [waiting.pid] && roster.threads_of(waiting.pid).len() == 1 {
            let sentence = format!("{name}在等自己：这个连接的两端都在它手里");
            let finding = Finding::new(Code::ConnectionToItself, Certainty::Proved, sentence);
            return Some(finding.blames(roster, thread));
        }
        let other =
            holders.iter().find_map(|pid| busiest(roster, *pid).filter(|one| *one != thread))?;
        let other_pid = roster.waiting[other].pid;
        let other_name = roster.process_name(other_pid);
        let unread = match unread_there {
            0 => String::new(),
            bytes => format!("；{name}发来的 {bytes} 字节它还没有读"),
        };
        let what = match roster.receives(thread) {
            true if *half_closed => format!("{name}说完了（已经半关闭），在等{other_name}的答复"),
            true => format!("{name}在等{other_name}的数据"),
            false => format!("{name}在发送，等{other_name}读走"),
        };
        let (code, sentence) = match roster.waiting[other].on {
            On::Client { .. } if roster.threads_of(other_pid).len() == 1 => {
                let sentence = format!(
                    "{what}，{other_name}却在等下一个客户端（accept）：这个连接它没有关闭，却不再读写{unread}"
                );
                (Code::ConnectionNeglected, sentence)
            }
            _ => {
                let sentence = format!("{what}，{other_name}却{}{unread}", doing(roster, other));
                (Code::PeerWaitsElsewhere, sentence)
            }
        };
        // another that holds this end, too, could be the one who should answer
        let certainty = Certainty::proved_if(*holders == [other_pid]);
        Some(Finding::new(code, certainty, sentence).blames(roster, other))
    })
}

/// A server waits for a client that never comes.
pub fn client(roster: &Roster) -> Option<Finding> {
    let thread =
        all(roster).find(|one| matches!(roster.waiting[*one].on, On::Client { queue: 0 }))?;
    let sentence = format!("{}在 accept 等下一个客户端，可是再没有客户端会来", roster.name(thread));
    Some(Finding::new(Code::ClientNeverComes, Certainty::Proved, sentence).blames(roster, thread))
}

/// A socket without a connection.
pub fn socket(roster: &Roster) -> Option<Finding> {
    let (thread, socket) = all(roster).find_map(|one| Some((one, roster.socket(one)?)))?;
    let sentence = format!("{}在等{socket}的数据，可没有人会发来", roster.name(thread));
    let code = Code::SocketNeverSpokenTo;
    Some(Finding::new(code, Certainty::Proved, sentence).blames(roster, thread))
}
