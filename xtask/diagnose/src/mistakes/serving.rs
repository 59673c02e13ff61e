//! A server that should serve several clients at once, and serves one.

use std::time::Duration;

use course::script::Practice;
use events::{Activity, Call, Object};

use super::ends::End;
use super::follows::{BROKEN_OFF, Follows};
use super::play::{Deed, Play};
use super::{Code, Mistake};

/// A client that was not served for so long is no longer just the next.
const LONG: Duration = Duration::from_secs(1);

/// Whom a server waits for, and which thread of it does.
struct Busy<'p> {
    end: &'p End<'p>,
    tid: i32,
}

/// A client that the script waits for was not served until the scene was cut, while the server waited for another's data.
pub fn one_at_a_time(play: &Play) -> Vec<Mistake> {
    let look = |client: &End| {
        let cut = until(play)?;
        if client.accepted || play.waited_for(client.terminal).is_empty() {
            return None;
        }
        let busy = busy_with(play, client, cut)?;
        let server = busy.end.terminal;
        let end = play.events[cut].at.min(play.scene.limit);
        let waited = end.saturating_sub(play.events[client.opened].at);
        let own = play.other(client).filter(|own| own.accepted && own.opened < cut);
        let served = own.is_some_and(|own| is_used(play, own, cut));
        if !serves_several(play, server) || served || waited < LONG {
            return None;
        }
        let (name, client_name) = (play.name(server), play.name(client.terminal));
        let (done, why, proved, advice) = reasons(own.is_some(), accepts(play, &busy));
        let sentence = format!(
            "「{client_name}」连上以后过了 {:.1} 秒，「{name}」{done}；这时「{name}」有一个线程停在「{}」的连接上等数据（recv）。{why}",
            waited.as_secs_f64(),
            play.name(other_terminal(play, busy.end)?),
        );
        let failures = Follows::new(play, server, client.opened)
            .own(&BROKEN_OFF)
            .demands(|practice| matches!(practice, Practice::ConnectionsAtOnce(_)))
            .in_others()
            .all();
        let code = Code::ServesOneAtATime;
        let mistake = Mistake::new(code, client.opened, server, sentence, failures).mend(advice);
        Some(if proved { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// The scene was cut, or its time was up: the clock may have jumped over that to the next thing that happened.
fn until(play: &Play) -> Option<usize> {
    let cut = play.cut()?;
    let up = play.events.iter().position(|event| event.at >= play.scene.limit);
    Some(up.map_or(cut, |up| up.min(cut)))
}

/// What was done with the client, what that can come from, whether it must, and what to change.
fn reasons(
    accepted: bool,
    acceptor_is_busy: bool,
) -> (&'static str, &'static str, bool, &'static str) {
    match (accepted, acceptor_is_busy) {
        (false, true) => (
            "还没有接受（accept）它",
            "接受连接的就是这个线程：它自己接待，接待完一个才接受下一个",
            true,
            "门口的线程只管 accept，接受以后交给别的线程（队列、thread::spawn）去收发",
        ),
        (false, false) => (
            "还没有接受（accept）它",
            "接受连接的线程没有回到 accept：它在等别的，例如在循环里 join 刚创建的线程、等锁，或者队列满了",
            false,
            "accept 的循环里不要 join，不要等接待完；接受以后交给别的线程就回去",
        ),
        (true, _) => (
            "接受（accept）了它，却没有哪个线程在它的连接上收或发",
            "没有线程来接待它：空着的线程一个也没有（创建得太少，或者先结束了），或者它们都在等一把锁，拿着锁的在接待",
            false,
            "线程要够多，接待完一个再领下一个；收发的时候不要拿着锁：取出要的东西就 drop，或者用花括号括住",
        ),
    }
}

/// The connection that the server waits on, to which this client has connected, too.
fn busy_with<'p>(play: &'p Play, client: &End, cut: usize) -> Option<Busy<'p>> {
    let other = |end: &&End| {
        end.accepted && end.local == client.peer && end.peer != client.local && end.opened < cut
    };
    play.ends
        .iter()
        .filter(other)
        .find_map(|end| Some(Busy { end, tid: waits_on(play, end, cut)? }))
}

/// The thread that has begun to receive on this connection, and had not come back when the scene was cut.
fn waits_on(play: &Play, end: &End, cut: usize) -> Option<i32> {
    let last = play.deeds.iter().rev().find(|deed| deed.event < cut && is_receive(deed, end))?;
    matches!(last.activity, Activity::Enter(_)).then_some(last.tid)
}

/// A thread received there, or has begun to.
fn is_receive(deed: &Deed, end: &End) -> bool {
    let of = Object::Connection { local: end.local, peer: end.peer };
    match deed.activity {
        Activity::Enter(Call::Receive { object, .. })
        | Activity::Leave { call: Call::Receive { object, .. }, .. } => *object == of,
        _ => false,
    }
}

/// Somebody received or sent on an accepted connection, or tried to.
fn is_used(play: &Play, end: &End, cut: usize) -> bool {
    end.sends.iter().any(|sent| sent.event < cut)
        || play.deeds.iter().any(|deed| deed.event < cut && is_receive(deed, end))
}

/// The thread that waits is the one that accepts.
fn accepts(play: &Play, busy: &Busy) -> bool {
    let accepts = |deed: &&Deed| match deed.activity {
        Activity::Enter(call) | Activity::Leave { call, .. } => matches!(call, Call::Accept { .. }),
        _ => false,
    };
    let mut by = play.deeds_of(busy.end.terminal).filter(accepts).peekable();
    by.peek().is_some() && by.all(|deed| deed.tid == busy.tid)
}

/// The script asks for several connections at once, or the program is made for them.
fn serves_several(play: &Play, server: usize) -> bool {
    let asked = play.scene.demands.iter().any(|demand| {
        demand.terminal == server && matches!(demand.practice, Practice::ConnectionsAtOnce(2..))
    });
    asked || !play.threads(server).is_empty() || !play.children(server).is_empty()
}

/// The terminal at the other end.
fn other_terminal(play: &Play, end: &End) -> Option<usize> {
    play.other(end).map(|other| other.terminal)
}
