//! When a scene is played again: out of time among others, or a fault of the machine, is not yet wrong.

use course::catalog::Part;
use events::Kind;
use stage::interrupt;

use crate::cli::TraceOptions;

use super::seeds::play_in_orders;
use super::{Fault, Onlooker, Performance, Theatre};

/// Plays every scene that may have failed for want of time or of the machine once more, alone. That result counts.
pub fn replay(
    theatre: &Theatre,
    parts: &[Part],
    performances: &mut [Performance],
    trace: TraceOptions,
    onlooker: &dyn Onlooker,
) {
    for (part, performance) in parts.iter().zip(performances) {
        let failed = matches!(performance.fault, Some(Fault::Machine(_)));
        let again = ran_out_of_time(performance) || failed;
        if again && !interrupt::interrupted() {
            theatre.look_again();
            onlooker.begin(part);
            *performance = Performance { replayed: true, ..play_in_orders(theatre, part, trace) };
            onlooker.end(part, performance);
        }
    }
}

fn ran_out_of_time(performance: &Performance) -> bool {
    performance.events.iter().any(|event| matches!(event.kind, Kind::OutOfTime { .. }))
}
