//! The program at the other end does something else: it serves another, has never accepted, or has given the connection up
//! while somebody still holds it open.

use events::{Call, On};

use super::super::super::cause::Certainty;
use super::super::super::code::Code;
use super::super::super::finding::Finding;
use super::super::super::reading::{self, Goal, is_python};
use super::super::super::roster::Roster;
use super::super::super::words::doing;
use super::super::{all, busiest};
use super::buffers;
use super::pair::{Guess, Pair};

/// Who spoke at the other end has closed its descriptor or ended, and another process still holds one: `fork(2)` has made it.
pub fn kept_open(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| {
        let waiting = &roster.waiting[thread];
        let On::Peer { holders, unaccepted: false, closed_there: false, .. } = &waiting.on else {
            return None;
        };
        let (local, peer) = roster.ends(thread).filter(|_| roster.receives(thread))?;
        let there = (peer, local);
        // nobody of them serves it
        let serves = |pid: &i32| {
            let mut threads = roster.threads_of(*pid).into_iter();
            threads.any(|one| roster.ends(one) == Some(there) || roster.polled(one).contains(&there))
        };
        let holder = *holders.first()?;
        if holders.contains(&waiting.pid) || holders.iter().any(serves) {
            return None;
        }
        let heard = roster.history.talk(there);
        let last = heard.and_then(|talk| talk.sends.last()).map(|sent| sent.pid);
        let gone = last.or_else(|| roster.history.gone_from(there))?;
        if holders.contains(&gone) || !roster.history.gave_up(gone, there) {
            return None;
        }
        let reading = reading::of(waiting);
        let (name, gone_name) = (roster.name(thread), roster.process_name(gone));
        let holders_names = roster.process_names(holders);
        let did = match roster.history.has_ended(gone) {
            true => "已经结束了",
            false => "已经关了它的那一份",
        };
        let waits = match reading.goal == Goal::End && reading.shown {
            true => format!("{name}要读到流的末尾"),
            false => format!("{name}还在等数据"),
        };
        let sentence = format!(
            "{waits}；{gone_name}{did}，可{holders_names}还开着这个连接（fork 时两边各有一份）：最后一份也关掉，{name}才会收到末尾"
        );
        let close = if is_python(waiting) || roster.is_python(holder) { "conn.close()" } else { "close（drop）" };
        let advice = format!("fork 以后，{holders_names}马上关掉自己的那一份：{close}");
        let certainty = Certainty::proved_if(reading.goal == Goal::End && reading.shown);
        let finding = Finding::new(Code::ConnectionKeptOpen, certainty, sentence).advises(advice);
        Some(finding.blames_process(roster, Some(holder)))
    })
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
    let mut finding = Finding::new(Code::NeverAccepted, Certainty::Proved, sentence);
    if let (Some(server), Some(busy)) = (server, busy) {
        let name = roster.process_name(server);
        finding = finding.advises(match roster.waiting[busy].on {
            On::Peer { .. } => serve_several(roster, server),
            _ => format!("{name}先 accept，再去等别的；或者另开一个线程 accept"),
        });
    }
    Some(match busy {
        Some(thread) => finding.blames(roster, thread),
        None => finding.blames_process(roster, server),
    })
}

fn serve_several(roster: &Roster, server: i32) -> String {
    let thread = if roster.is_python(server) { "threading.Thread" } else { "thread::spawn" };
    format!("{}给每个客户端一个线程（{thread}），主线程只管 accept", roster.process_name(server))
}

/// The reader serves nobody but the speaker, and somebody else has spoken to it, or stands in its queue.
pub fn busy_with_one(pair: &Pair) -> Option<Guess> {
    let roster = pair.roster;
    [pair.reader, pair.speaker].into_iter().find_map(|server| {
        let pid = roster.waiting[server].pid;
        let alone = roster.threads_of(pid).len() == 1;
        if !alone || roster.polls(server) {
            return None;
        }
        let client = if server == pair.reader { pair.speaker } else { pair.reader };
        if roster.is_to_serve_one(server) {
            return None;
        }
        let others = all(roster).filter(|one| ![server, client].contains(one));
        let (other, unread) = others.into_iter().find_map(|one| match &roster.waiting[one].on {
            On::Peer { unaccepted: true, .. } if roster.server_of(one) == Some(pid) => {
                // one that has said nothing has been waited for by nobody
                roster.said(one).filter(|said| said.sent > 0)?;
                Some((one, None))
            }
            On::Peer { holders, unread_there, .. }
                if *holders == [pid] && *unread_there > 0 && roster.waiting[one].pid != pid =>
            {
                Some((one, Some(*unread_there)))
            }
            _ => None,
        })?;
        let (name, client, other) = (roster.name(server), roster.name(client), roster.name(other));
        let in_vain = match unread {
            None => format!("{other}连上了，却还排在队列里"),
            Some(bytes) => format!("{other}发来的 {bytes} 字节没有人读"),
        };
        let sentence = format!(
            "{name}只有一个线程，停在等{client}的数据上，这时{in_vain}：它一次只能伺候一个客户端"
        );
        // its client waits for answers to what it has said
        let owes = buffers::owes(pair);
        // it has answered, and waits for the next word of a client that has nothing more to say
        let answered = server == pair.speaker && !pair.is_silent();
        // who waits for several at other times may be meant to serve them
        let certainty = Certainty::proved_if(
            answered && unread.is_none() && !owes && !roster.history.has_polled(pid),
        );
        let finding = Finding::new(Code::ServesOneAtATime, certainty, sentence);
        let finding = finding.advises(serve_several(roster, pid));
        // if the client has spoken, and waits, it is rather the two of them that misunderstand each other
        let fit = match (answered, pair.is_silent()) {
            (true, _) if !owes => 86,
            (_, true) => 87,
            _ => 44,
        };
        Some(Guess::new(fit, finding.blames(roster, server)))
    })
}

/// The process at the other end does something else.
pub fn neglected_peer(roster: &Roster) -> Option<Finding> {
    all(roster).find_map(|thread| of_thread(roster, thread))
}

fn of_thread(roster: &Roster, thread: usize) -> Option<Finding> {
    let waiting = &roster.waiting[thread];
    let On::Peer { holders, unaccepted: false, unread_there, half_closed, .. } = &waiting.on else {
        return None;
    };
    let name = roster.name(thread);
    if *holders == [waiting.pid] && roster.threads_of(waiting.pid).len() == 1 {
        let sentence = format!("{name}在等自己：这个连接的两端都在它手里");
        let finding = Finding::new(Code::ConnectionToItself, Certainty::Proved, sentence);
        return Some(finding.blames(roster, thread));
    }
    let other = holders.iter().find_map(|pid| instead(roster, *pid, thread))?;
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
    // another that holds this end, too, could be the one who should answer
    let certainty = Certainty::proved_if(*holders == [other_pid]);
    let accepts = matches!(roster.waiting[other].on, On::Client { .. })
        && roster.threads_of(other_pid).len() == 1;
    if !accepts {
        let sentence = format!("{what}，{other_name}却{}{unread}", doing(roster, other));
        let finding = Finding::new(Code::PeerWaitsElsewhere, certainty, sentence);
        return Some(finding.blames(roster, other));
    }
    let direction = roster.ends(thread);
    let reads = direction.and_then(|direction| roster.history.talk(direction));
    let reads = reads.map_or(0, |talk| talk.receives.len());
    let so_far = match reads {
        0 => String::new(),
        times => format!("（它只收过 {times} 次）"),
    };
    let sentence = format!(
        "{what}，{other_name}却在等下一个客户端（accept）：这个连接它没有关闭，却不再读写{so_far}{unread}"
    );
    let advice = match reads {
        _ if roster.polls(other) => {
            format!("{other_name}把这个连接也放进 poll、select 等的描述符里")
        }
        0 => format!("{other_name}接受一个客户端以后，先在这个连接上收发完，再去 accept 下一个"),
        // who waits for the end will not end first
        _ if reading::of(waiting).goal == Goal::End => format!(
            "{other_name}答完就关闭这个连接（让它离开作用域，或者 drop），再去 accept 下一个：{name}收到末尾才往下走"
        ),
        _ => format!(
            "{other_name}说完了就关闭这个连接，再去 accept 下一个；还要听{name}说，就在这个连接上循环接收；要同时伺候几个，每个客户端一个线程"
        ),
    };
    let finding = Finding::new(Code::ConnectionNeglected, certainty, sentence).advises(advice);
    Some(finding.blames(roster, other))
}

/// The thread of a process that says what it does instead of serving the connection that `thread` waits on.
fn instead(roster: &Roster, pid: i32, thread: usize) -> Option<usize> {
    let back = roster.ends(thread).map(|(local, peer)| (peer, local));
    let threads = || roster.threads_of(pid).into_iter().filter(|one| *one != thread);
    // one that types for it
    let types = threads().find(|one| roster.waiting[*one].on == On::Input);
    let serves = |one: &usize| {
        let receives = matches!(roster.waiting[*one].call, Call::Receive { .. });
        receives && roster.ends(*one) == back
    };
    match threads().any(|one| serves(&one)) {
        true => types,
        false => busiest(roster, pid).filter(|one| *one != thread),
    }
}
