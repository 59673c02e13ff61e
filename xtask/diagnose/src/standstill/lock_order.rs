//! In which order threads have taken their locks, as their sources tell.

use super::super::guards::{Guard, wanted};
use super::super::roster::Roster;
use super::locks::has;

/// What helps against locks that are taken in different orders, also where the names are the same each time.
pub(super) const IN_ONE_ORDER: &str =
    "不管谁先谁后，每次都按同样的次序锁：例如按编号或名字排好，先锁小的，再锁大的";

/// The lock that a thread has, and the one that it wants, if both are known.
pub(super) fn way(roster: &Roster, thread: usize) -> Option<(Guard, Guard)> {
    let frames = &roster.waiting[thread].frames;
    let want = wanted(frames)?;
    let mut others = has(roster, thread).into_iter().filter(|guard| guard.lock != want.lock);
    Some((others.next()?, want))
}

/// Where each of those that wait has taken one lock and wants another, as their sources call them.
pub(super) fn lines_of(roster: &Roster, locked: &[usize]) -> Option<String> {
    let ways: Option<Vec<(Guard, Guard)>> = locked.iter().map(|one| way(roster, *one)).collect();
    let ways = ways?;
    let say = |(first, then): &(Guard, Guard)| {
        format!("第 {} 行锁了 {}，第 {} 行等 {}", first.line, first.lock, then.line, then.lock)
    };
    let names: Vec<String> = locked.iter().map(|one| roster.name(*one)).collect();
    let first = ways.first()?;
    // the same names on the same lines mean other locks each time
    let lines = match (ways.iter().all(|way| way == first), names.as_slice()) {
        (true, [name, other]) => {
            format!("{name}和{other}都在{}，两次进来这两个名字指的锁多半正好对调", say(first))
        }
        (true, _) => {
            format!("它们都在{}，每次进来这两个名字指的锁多半不一样，绕成了一圈", say(first))
        }
        (false, _) if names.len() <= MOST_NAMED => {
            let each = names.iter().zip(&ways).map(|(name, way)| format!("{name}在{}", say(way)));
            each.collect::<Vec<_>>().join("；")
        }
        _ => return None,
    };
    Some(format!("：{lines}"))
}

/// So many threads are called by their names.
const MOST_NAMED: usize = 4;
