//! A limit of time that stands on the command line, and is not kept.

use std::collections::HashMap;
use std::time::Duration;

use events::{Activity, Call, CallResult, Kind, Object};
use nix::errno::Errno;

use super::ends::End;
use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::{Play, SHORTEST_LIMIT};
use super::{Code, Mistake};

/// What one thread waits for from one connection or socket, from its last success on.
struct Wait<'a> {
    /// The event in which it began.
    event: usize,
    call: &'a Call,
    fd: i32,
    /// How many receives came to nothing.
    times: usize,
    /// When the last of them began.
    begun: Duration,
    /// When it was over; `None`: it was not.
    over: Option<Duration>,
}

/// It has waited so much longer than the limit that a pause between two receives does not explain it.
fn is_too_long(waited: Duration, limit: Duration) -> bool {
    waited > limit * 2 + Duration::from_millis(500)
}

/// A time limit stands on the command line, and a receive has none, or another, or is made again when it is up.
pub fn not_kept(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let text = play.argument(terminal, "--timeout")?;
        let limit = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
        let cut = play.cut();
        let is_stuck = cut.is_some_and(|cut| matches!(play.events[cut].kind, Kind::Stuck { .. }));
        let end = cut.or(play.events.len().checked_sub(1))?;
        waits(play, terminal).into_iter().find_map(|wait| {
            let waited = wait.over.unwrap_or(play.events[end].at);
            let waited = waited.saturating_sub(play.events[wait.event].at);
            let how = match (wait.over, wait.times) {
                (None, 1) if is_stuck => {
                    "没有时限：对方不说话，它就一直等下去".to_owned()
                }
                _ if !is_too_long(waited, limit) => return None,
                (_, 1) => format!("一次就等了 {:.1} 秒", waited.as_secs_f64()),
                (_, times) => format!(
                    "到了时限又接着等，{times} 次，一共 {:.1} 秒",
                    waited.as_secs_f64()
                ),
            };
            let sentence = format!(
                "命令行里写的是 --timeout {text}，「{}」的 {}(fd={}) 却{how}",
                play.name(terminal),
                wait.call.name(),
                wait.fd
            );
            let code = Code::TimeLimitNotKept;
            // nothing is late before the limit is over
            let over = play.events[wait.event].at + limit;
            let late = play.events.iter().position(|event| event.at >= over).unwrap_or(end);
            let late = late.max(wait.event);
            let failures =
                Follows::new(play, terminal, late).own(&BROKEN_OFF).in_others().all();
            let mistake = Mistake::new(code, wait.event, terminal, sentence, failures);
            Some(mistake.mend(
                "接收之前用 set_read_timeout（SO_RCVTIMEO）设上命令行给的时限；时限到了，就不再等这一个",
            ))
        })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// A time limit stands on the command line for all of a client, and is kept by each receive alone: whoever drips is served as long
/// as it likes. That it is all of a client, the script says: the partner that drips is to be turned away.
pub fn kept_singly(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let (terminal, guest) = (end.terminal, play.other(end)?.terminal);
        let is_turned_away = play.scene.is_partner(guest) && play.is_to_fail(guest);
        if !end.accepted || !is_turned_away {
            return None;
        }
        let text = play.argument(terminal, "--timeout")?;
        let limit = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
        let at = |event: usize| play.events[event].at;
        let got: Vec<Duration> = end.receives.iter().map(|got| at(got.event)).collect();
        let last = got.last()?;
        let took = last.saturating_sub(at(end.opened));
        let singly = got.windows(2).all(|pair| pair[1].saturating_sub(pair[0]) <= limit);
        if !singly || !is_too_long(took, limit) {
            return None;
        }
        let sentence = format!(
            "命令行里写的是 --timeout {text}，「{}」在客户端 {} 上却花了 {:.1} 秒：收了 {} 次，每次都没有等过时限，\
             加起来早就过了",
            play.name(terminal),
            end.peer,
            took.as_secs_f64(),
            got.len()
        );
        let over = at(end.opened) + limit;
        let late = end.receives.iter().find(|got| at(got.event) > over)?.event;
        let failures = Follows::new(play, terminal, late)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .shown(guest, late, |_| true)
            .in_others()
            .all();
        let mistake = Mistake::new(Code::TimeLimitNotKept, late, terminal, sentence, failures);
        Some(mistake.mend(
            "时限管的是一个客户端的全部时间：接受它的时候记下期限（Instant::now() + 时限），\
             每次接收之前用剩下的时间作 set_read_timeout",
        ))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// What the threads of a terminal waited for, in the order of their beginnings.
fn waits<'a>(play: &Play<'a>, terminal: usize) -> Vec<Wait<'a>> {
    let mut open: HashMap<(i32, &Object), Wait> = HashMap::new();
    let mut all = Vec::new();
    for deed in play.deeds_of(terminal) {
        let (call, outcome) = match deed.activity {
            Activity::Enter(call) => (call, None),
            Activity::Leave { call, outcome } => (call, Some(*outcome)),
            _ => continue,
        };
        let Call::Receive { fd, object, .. } = call else { continue };
        if !matches!(object, Object::Connection { .. } | Object::Socket { .. }) {
            continue;
        }
        let (key, now) = ((deed.tid, object), play.events[deed.event].at);
        let Some(outcome) = outcome else {
            let wait = open.entry(key).or_insert_with(|| Wait {
                event: deed.event,
                call,
                fd: *fd,
                times: 0,
                begun: now,
                over: None,
            });
            (wait.times, wait.begun, wait.over) = (wait.times + 1, now, None);
            continue;
        };
        let Some(mut wait) = open.remove(&key) else { continue };
        let is_again = outcome == CallResult::Failed(Errno::EAGAIN as i32);
        // a socket that does not wait has no limit
        if is_again && now.saturating_sub(wait.begun) < SHORTEST_LIMIT {
            continue;
        }
        wait.over = Some(now);
        match is_again {
            // it may be made once more
            true => drop(open.insert(key, wait)),
            false => all.push(wait),
        }
    }
    all.extend(open.into_values());
    all.sort_by_key(|wait| wait.event);
    all
}
