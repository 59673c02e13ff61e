//! In which orders a scene is played, and on which clock: which seeds are tried. (What one decides: `choice` in the tracer.)

use course::catalog::Part;
use events::{Activity, Call, CallResult, Clock, Event, Kind, Object};
use limits::PIPE_RECORD;
use stage::interrupt;

use crate::cli::TraceOptions;

use super::performance::{play_harshly, play_once};
use super::{Fault, Performance, Theatre};

/// The orders in which a scene is played, besides the plainest, if there are others. With the last one turns are short.
const SEEDS: [u64; 3] = [1, 2, 3];

/// Plays a scene: traced where that can be, and in several orders if there are several. The first failure counts.
pub fn play_in_orders(theatre: &Theatre, part: &Part, trace: TraceOptions) -> Performance {
    if let Some(why) = theatre.unbuilt(&part.scene) {
        return Performance::faulty(part.scene.clone(), Fault::Lesson(why.to_owned()));
    }
    if let Some(why) = theatre.lacks(&part.scene) {
        return Performance::not_played(part.scene.clone(), why);
    }
    if trace.no_trace || theatre.tracing.is_err() {
        return play_once(theatre, part, None);
    }
    let seed = trace.seed.unwrap_or(0);
    let clock = if part.scene.real_time { Clock::Real } else { Clock::Virtual { seed } };
    let mut performance = play_once(theatre, part, Some(clock));
    while let Some((why, real_time)) = not_traced(&performance)
        && !interrupt::interrupted()
    {
        // once more, with what can be done; why not more is told
        let clock = (real_time && performance.clock() != Some(Clock::Real)).then_some(Clock::Real);
        let before = performance.time;
        performance = play_once(theatre, part, clock);
        performance.time += before;
        if clock.is_some()
            && let Kind::Untraceable { why, .. } = &why.kind
        {
            performance.timer = Some(why.clone());
        }
        if clock.is_none() {
            return performance.with_first(why);
        }
    }
    if performance.clock() == Some(Clock::Real) {
        return performance;
    }
    let uses_streams = uses_streams(&performance);
    if trace.seed.is_none() && has_other_orders(&performance) {
        for seed in SEEDS {
            if performance.failed() || interrupt::interrupted() {
                break;
            }
            let other = play_once(theatre, part, Some(Clock::Virtual { seed }));
            let other = other.in_another_order(&performance);
            performance = worse(performance, other);
        }
    }
    if uses_streams {
        performance = play_unkindly(theatre, part, trace, clock, performance);
    }
    performance
}

/// Plays a scene that has passed several times more, each time with another unkind kernel. The first failure counts.
fn play_unkindly(
    theatre: &Theatre,
    part: &Part,
    trace: TraceOptions,
    clock: Clock,
    mut performance: Performance,
) -> Performance {
    let seeds = match trace.harsh_seed {
        Some(seed) => seed..=seed,
        None => 1..=trace.harsh.unwrap_or(1).into(),
    };
    for seed in seeds {
        if !performance.passed() || interrupt::interrupted() {
            break;
        }
        let other = play_harshly(theatre, part, clock, seed);
        // what the machine does not do is no fault of the program
        let is_seen = other.fault.is_none() && not_traced(&other).is_none();
        performance = if is_seen { worse(performance, other) } else { performance };
    }
    performance
}

/// The one of two plays of a scene that failed, else the first; it took as long as both.
fn worse(first: Performance, second: Performance) -> Performance {
    let time = first.time + second.time;
    let one = if second.failed() { second } else { first };
    Performance { time, ..one }
}

/// Its programs have received or sent something through a connection or a pipe that an unkind kernel could have handed over in
/// pieces.
fn uses_streams(performance: &Performance) -> bool {
    performance.events.iter().any(|event| {
        let Kind::Traced { activity: Activity::Leave { call, outcome }, .. } = &event.kind else {
            return false;
        };
        let CallResult::Done(2..) = outcome else { return false };
        match call {
            Call::Receive { object: Object::Pipe { .. }, data, .. } => data.asked >= PIPE_RECORD,
            Call::Receive { object, data, .. } | Call::Send { object, data, .. } => {
                let is_socket = matches!(object, Object::Connection { .. } | Object::Socket { .. });
                is_socket && !data.is_datagram()
            }
            _ => false,
        }
    })
}

/// Says why the programs could not be traced to their end, and whether they can be in real time.
fn not_traced(performance: &Performance) -> Option<(Event, bool)> {
    performance.events.iter().find_map(|event| match event.kind {
        Kind::Untraceable { real_time, .. } => Some((event.clone(), real_time)),
        Kind::TooManyWrites { .. } => Some((event.clone(), false)),
        _ => None,
    })
}

/// Somebody else could have come first, at some moment of it: there was a choice, or with shorter turns there is one.
fn has_other_orders(performance: &Performance) -> bool {
    performance.events.iter().any(|event| match &event.kind {
        Kind::Choices(choices) => *choices > 0,
        Kind::Traced { activity, .. } => {
            matches!(activity, Activity::NewProcess { .. } | Activity::NewThread { .. })
        }
        _ => false,
    })
}
