//! A server that should serve several clients at once, and serves one.

use std::time::Duration;

use course::script::{Action, End as EndsBy, Practice};
use events::{Activity, Call, CallResult, Exit, Kind, Object};
use judge::Rule;

use nix::errno::Errno;

use super::ends::{End, Part};
use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::{Deed, Play};
use super::{Code, Mistake};

/// Nothing came, or its time was up.
const EAGAIN: i32 = Errno::EAGAIN as i32;
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
        Some(if proved && asks_for_several(play, server) { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// The same words were sent to the same client again, once it had nothing more to say, or had not spoken in time.
pub fn the_same_again(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let terminal = end.terminal;
        let (first, rest) = end.sends.split_first().filter(|_| end.accepted)?;
        let is_same =
            |sent: &&Part| (sent.bytes, &sent.data.text) == (first.bytes, &first.data.text);
        let last = rest.iter().rfind(is_same)?;
        let over = over_since(play, end, first.event, last.event)?;
        let again: Vec<&Part> =
            rest.iter().filter(is_same).filter(|sent| over < sent.event).collect();
        let second = again.first()?;
        let sentence = format!(
            "「{}」把同样的 {} 字节向同一个客户端 {} 发了 {} 遍：接待完了（对方不再发送，或者等到了时限），又从头接待它",
            play.name(terminal),
            first.bytes,
            end.peer,
            1 + again.len()
        );
        let failures = Follows::new(play, terminal, first.event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .in_others()
            .all();
        let code = Code::ClientServedAgain;
        let mistake = Mistake::new(code, second.event, terminal, sentence, failures);
        Some(mistake.perhaps().mend(
            "accept 放在循环里，每一圈接待一个客户端一遍，圈尾关闭它；接待的函数里不要再有一圈",
        ))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// When it received the end between these, or had waited until its time was up.
fn over_since(play: &Play, end: &End, from: usize, to: usize) -> Option<usize> {
    let is_over = |deed: &&Deed| {
        let Activity::Leave { outcome, .. } = deed.activity else { return false };
        let is_over = match outcome {
            CallResult::Done(0) => true,
            // whoever does not wait at all has not waited until his time was up
            CallResult::Failed(EAGAIN) => play.took_time(deed),
            _ => false,
        };
        is_over && is_receive(deed, end)
    };
    play.deeds_between(from, to).iter().find(is_over).map(|deed| deed.event)
}

/// It was told to end, and ended while a client was still at it, who was then the loser.
pub fn abandoned(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let (terminal, client) = (end.terminal, play.other(end).filter(|_| end.accepted)?);
        let stopped = play.stopped(terminal)?;
        let life = play.processes.get(&play.root(terminal)?)?;
        let (died, exit) = (life.died.filter(|died| stopped < *died)?, life.exit?);
        let later = |at: Option<usize>| at.is_none_or(|at| at > died);
        let at_it = end.opened < stopped
            && later(end.saw_end)
            && later(end.let_go)
            && later(end.closed)
            && later(client.closed)
            && later(client.shut.map(|(at, _)| at))
            && end.failed.is_none();
        let lost = play.symptoms(&[client.terminal]);
        let was_cut = play.cut().is_some_and(|cut| cut < died);
        if !at_it || lost.is_empty() || was_cut || client.terminal == terminal {
            return None;
        }
        let sentence = format!(
            "叫「{}」结束的时候，它和「{}」的连接还开着，「{}」那一头也没有关；它没有等，就结束了：{exit}",
            play.name(terminal),
            play.name(client.terminal),
            play.name(client.terminal)
        );
        let mut failures = lost;
        failures.extend(play.failures_of(terminal, &BROKEN_OFF));
        let mistake = Mistake::new(Code::ClientsAbandoned, died, terminal, sentence, failures);
        let mistake = mistake.made_at(play, end.opened);
        Some(mistake.mend("收到信号以后不再接受新的客户端，等正在传的传完（条件变量、join），最多等到说好的时限，再结束"))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// So long nobody waits for nothing who only clears up.
const CLEARING_UP: Duration = Duration::from_secs(1);

/// It was told to end, and all its clients had gone; it waited all the same, then gave up with an error, or was ended.
pub fn waited_for_nobody(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let stopped = play.stopped(terminal)?;
        let life = play.processes.get(&play.root(terminal)?)?;
        let cut = play.cut().filter(|cut| life.died.is_none_or(|died| *cut < died));
        let over = cut.or(life.died)?;
        let its = play.ends.iter().filter(|end| end.accepted && end.terminal == terminal);
        let closed: Vec<usize> = its.map(|end| end.closed).collect::<Option<_>>()?;
        let since = (*closed.iter().max()?).max(stopped);
        if since >= over {
            return None;
        }
        let waited = play.events[over].at.saturating_sub(play.events[since].at);
        let how = match (cut, life.exit) {
            (Some(_), _) => "，还没有结束".to_owned(),
            // a panic is another end
            (None, Some(exit @ Exit::Code(1..=100))) => format!("才结束：{exit}"),
            _ => return None,
        };
        if waited < CLEARING_UP {
            return None;
        }
        let sentence = format!(
            "叫「{}」结束以后，它接受过的 {} 个连接都已经关闭了，没有人在传；它却又等了 {:.1} 秒{how}",
            play.name(terminal),
            closed.len(),
            waited.as_secs_f64()
        );
        let failures = Follows::new(play, terminal, stopped).own(&BROKEN_OFF).in_others().all();
        let code = Code::WaitedForNobody;
        let mistake = Mistake::new(code, over, terminal, sentence, failures);
        Some(mistake.mend(
            "传完一个，不管成功还是失败，都要从「正在传的」里减去，再通知等的人：写在守卫的 Drop 里，哪条路出来都会做",
        ))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// The script stops it and wants it to end in its own way; the signal has ended it.
pub fn killed_by_stop(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let stopped = play.stopped(terminal)?;
        let Kind::Stopped { signal, .. } = play.events[stopped].kind else { return None };
        let life = play.processes.get(&play.root(terminal)?)?;
        let (died, exit) = (life.died.filter(|died| stopped < *died)?, life.exit?);
        let wants_its_own_end = play.scene.directions.iter().any(|one| {
            one.terminal == terminal && matches!(one.action, Action::End(EndsBy::Code(_)))
        });
        if exit != Exit::Signal(signal.number()) || !wants_its_own_end {
            return None;
        }
        let failures = play.failures_of(terminal, &[Rule::Exit, Rule::Stderr, Rule::Missing]);
        let wants_more = play.failures_of(terminal, &[Rule::Exit]);
        let sentence = format!(
            "「{}」{exit}：它没有处理这个信号，或者有一个线程没有挡住它（屏蔽），内核就照默认的做法结束了整个程序",
            play.name(terminal)
        );
        let code = Code::SignalNotHandled;
        let mistake = Mistake::new(code, died, terminal, sentence, failures);
        (!wants_more.is_empty()).then(|| {
            mistake.mend("在创建线程之前屏蔽信号（新的线程继承屏蔽），由一个线程等它（sigwait），收拾好再正常结束；或者用处理函数（sigaction）")
        })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
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

/// The script asks for several connections at once, or the program is made for them and may have them.
fn serves_several(play: &Play, server: usize) -> bool {
    let one = demands(play, server, |practice| practice == Practice::OneConnection);
    let has_others = !play.threads(server).is_empty() || !play.children(server).is_empty();
    asks_for_several(play, server) || has_others && !one
}

fn asks_for_several(play: &Play, server: usize) -> bool {
    demands(play, server, |practice| matches!(practice, Practice::ConnectionsAtOnce(2..)))
}

fn demands(play: &Play, server: usize, is: impl Fn(Practice) -> bool) -> bool {
    play.scene.demands.iter().any(|demand| demand.terminal == server && is(demand.practice))
}

/// The terminal at the other end.
fn other_terminal(play: &Play, end: &End) -> Option<usize> {
    play.other(end).map(|other| other.terminal)
}
