//! Who sleeps with a lock.

use course::script::Practice;
use events::{Activity, Kind};
use judge::{Failure, Rule};

use super::follows::Follows;
use super::play::Play;
use super::{Code, Mistake};

/// What is broken where somebody comes too late.
const TOO_LATE: [Rule; 4] = [Rule::Missing, Rule::Extra, Rule::Order, Rule::Divider];

/// A thread slept, or waited for bytes, with a lock for which another waited: what the two print is not as it should be.
pub fn held_while_sleeping(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let demands = play.demands(terminal, |one| one == Practice::NoLockWhileSleeping);
        let got = play.verdict.failures[*demands.first()?].got.as_deref()?;
        let (deed, waiter, since) =
            play.deeds_of(terminal).find_map(|deed| match deed.activity {
                Activity::KeptWaiting { waiter, since, .. } => Some((deed, *waiter, *since)),
                _ => None,
            })?;
        let since = play.events.iter().position(|event| event.at >= since)?;
        let printed_by_them = |failure: &Failure| {
            let event = failure.event.map(|event| &play.events[event].kind);
            let Some(Kind::Line(line)) = event else { return false };
            line.source.is_some_and(|source| [deed.tid, waiter].contains(&source.tid))
        };
        let failures = Follows::new(play, terminal, since)
            .also(demands)
            .own(&TOO_LATE)
            .shown(terminal, since, |one| one.rule == Rule::Text && printed_by_them(one))
            .all();
        let sentence = format!("「{}」：{got}", play.name(terminal));
        let code = Code::LockHeldWhileSleeping;
        let mistake = Mistake::new(code, deed.event, terminal, sentence, failures);
        Some(mistake.mend("先放开锁（drop，或者用花括号括住），再睡、再收；要等别人改好数据，用条件变量：它等的时候放开锁"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
