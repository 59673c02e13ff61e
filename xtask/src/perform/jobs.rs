//! Several scenes at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use course::catalog::Part;
use stage::interrupt;

use crate::cli::TraceOptions;

use super::replay::replay;
use super::seeds::play_in_orders;
use super::{Performance, Theatre};

/// Scenes at once, when the command line says nothing. Most of their time is sleep, not work.
pub const JOBS: u16 = 8;

/// Somebody who watches many scenes play.
pub trait Onlooker: Sync {
    /// A scene begins.
    fn begin(&self, part: &Part);
    /// It is over.
    fn end(&self, part: &Part, performance: &Performance);
}

/// Plays every scene, `jobs` at a time; what came of them is in the order of `parts`.
pub fn play_all(
    theatre: &Theatre,
    parts: &[Part],
    jobs: usize,
    trace: TraceOptions,
    onlooker: &dyn Onlooker,
) -> Vec<Performance> {
    // the longest first: they decide when everything is done
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(parts[*index].scene.limit));
    let next = AtomicUsize::new(0);
    let performances: Vec<Mutex<Option<Performance>>> =
        parts.iter().map(|_| Mutex::new(None)).collect();
    let play_some = || {
        while !interrupt::interrupted()
            && let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed))
        {
            let part = &parts[*index];
            onlooker.begin(part);
            let performance = play_in_orders(theatre, part, trace);
            onlooker.end(part, &performance);
            if let Ok(mut place) = performances[*index].lock() {
                *place = Some(performance);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.min(parts.len()) {
            // no more threads are to be had (`ulimit -u`): fewer scenes at a time
            if std::thread::Builder::new().spawn_scoped(scope, play_some).is_err() {
                break;
            }
        }
        play_some();
    });
    let taken = performances.into_iter().filter_map(|place| place.into_inner().ok().flatten());
    let mut performances: Vec<Performance> = taken.collect();
    if jobs > 1 && parts.len() > 1 {
        replay(theatre, parts, &mut performances, trace, onlooker);
    }
    performances
}
