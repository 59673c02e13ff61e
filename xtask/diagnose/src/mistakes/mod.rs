//! The mistakes of a program that does not do what its lesson's script asks: proved by what it did.
//!
//! Only of a scene that failed and was followed from its beginning to its end. A rule looks at what everybody did
//! ([`Play`]) and finds a mistake together with the failures that are its consequence. Nothing is said of a mistake without
//! consequences, nor of one whose consequences an earlier row of the table explains, unless only this one is proved.
//!
//! | file | task |
//! | --- | --- |
//! | `play` | what everybody did: lives, calls, lines |
//! | `ends` | the ends of connections |
//! | `follows` | which failures follow from a mistake |
//! | `claim` | which mistake explains a failure that several could explain |
//! | `listeners` | who listens where, and how long |
//! | `addresses` | `SO_REUSEADDR`, addresses of the command line |
//! | `sockets` | sockets that were never made, of the wrong kind, never closed; datagrams |
//! | `connections` | connections that are too many, not closed, closed too early, or received from without a buffer |
//! | `blocks` | who received, sent or wrote only a part, or more than there was |
//! | `replies` | answers that were never read, never sent, or sent too early |
//! | `datagrams` | datagrams that nobody answered |
//! | `serving` | servers that serve one client where they should serve several |
//! | `time_limits` | limits of time that are not kept |
//! | `stored` | which file holds what was received |
//! | `uploads` | names of files that were received |
//! | `downloads` | the same of a client |
//! | `workers` | processes and threads that were not made, or by somebody else |
//! | `deeds` | who did whose work |
//! | `waits` | who ended, or printed, before others were done |
//! | `kills` | signals to children |
//! | `cleared` | lines that come once more, before the next one |
//! | `any_child` | waiting for any child where a certain one is meant |
//! | `numbers` | numbers of processes |
//! | `locks` | who sleeps with a lock |
//! | `demands` | demands of which the judge itself has seen that they were not met |
//! | `printing` | lines that are not as they should be because of how they were printed |
//! | `output` | what was printed, and where |
//! | `tables` | text that was decoded by another code table |

mod addresses;
mod any_child;
mod blocks;
mod claim;
mod cleared;
mod connections;
mod datagrams;
mod deeds;
mod demands;
mod downloads;
mod ends;
mod follows;
mod kills;
mod listeners;
mod locks;
mod numbers;
mod output;
mod play;
mod printing;
mod replies;
mod serving;
mod sockets;
mod stored;
mod tables;
mod time_limits;
mod uploads;
mod waits;
mod workers;

use events::{Event, Kind, Place};
use judge::Verdict;

use super::Case;
use super::cause::{Cause, Certainty};
use super::code::Code;
use super::finding::Finding;
use play::Play;

/// A mistake, and the failures that are its consequence: indexes into the verdict's.
pub struct Mistake {
    finding: Finding,
    failures: Vec<usize>,
}

/// Looks for a mistake.
type Look = fn(&Play) -> Vec<Mistake>;

/// Every rule, what others follow from first.
const RULES: [Look; 79] = [
    workers::instead,
    workers::never_started,
    workers::of_children,
    workers::not_wanted,
    workers::too_few,
    workers::too_many,
    sockets::none_made,
    sockets::bound_without_need,
    sockets::too_few,
    sockets::of_other_transport,
    sockets::of_wrong_kind,
    sockets::leaked,
    sockets::one_for_each,
    listeners::bind_missing,
    listeners::bound_elsewhere,
    addresses::argument_ignored,
    serving::the_same_again,
    time_limits::not_kept,
    time_limits::kept_singly,
    listeners::made_anew,
    listeners::ended_by_client,
    listeners::ended_after_client,
    addresses::reuse,
    connections::several,
    connections::not_closed,
    connections::shut_both,
    connections::empty_buffer,
    connections::closed_too_early,
    blocks::buffer_written,
    blocks::buffers_written,
    blocks::buffer_sent,
    blocks::buffer_printed,
    blocks::buffers_printed,
    blocks::received_in_part,
    blocks::sent_in_part,
    blocks::not_written,
    connections::before_the_file,
    replies::input_not_read,
    replies::before_stored,
    replies::not_read,
    replies::half_close,
    replies::not_sent,
    datagrams::connected_server,
    datagrams::not_answered,
    serving::abandoned,
    serving::killed_by_stop,
    serving::waited_for_nobody,
    serving::one_at_a_time,
    uploads::same_name,
    uploads::half_kept,
    downloads::half_file,
    uploads::overwritten,
    uploads::half_file,
    uploads::elsewhere,
    listeners::error_swallowed,
    locks::held_while_sleeping,
    deeds::by_child,
    deeds::by_main,
    workers::one_after_another,
    waits::threads_left,
    waits::printed_early,
    kills::find,
    kills::not_waited_for,
    any_child::find,
    waits::not_waited,
    demands::find,
    output::wrong_stream,
    deeds::prints_nothing,
    numbers::find,
    output::copied_by_fork,
    cleared::not_cleared,
    printing::quoted,
    printing::opposite,
    printing::not_shared,
    printing::run_together,
    printing::not_flushed,
    tables::of_another,
    output::undecoded,
    output::wrong_exit,
];

/// The mistakes of a scene that failed, each attached to the first of the failures that no other one explains that comes before it.
pub fn find(case: &Case, verdict: &Verdict) -> Vec<Cause> {
    if verdict.failures.is_empty() || !is_seen(case.events) {
        return Vec::new();
    }
    let play = Play::new(case.scene, case.events, verdict);
    // a partner does on purpose what it does
    let may_change = |mistake: &Mistake| mistake.finding.may_change(case.scene);
    // what a given program does is right, and comes from what another does
    let is_own =
        |mistake: &Mistake| mistake.finding.culprit().is_none_or(|one| !case.scene.is_given(one));
    let mistakes = RULES.iter().flat_map(|look| look(&play)).filter(may_change).filter(is_own);
    let told = claim::claimed(mistakes.collect()).into_iter().map(|mistake| {
        // what a partner does not get is less telling
        let of_partner = |one: &usize| {
            let terminal = verdict.failures[*one].subject.terminal(case.scene);
            terminal.is_some_and(|terminal| case.scene.is_partner(terminal))
        };
        let (of_partners, own): (Vec<usize>, Vec<usize>) =
            mistake.failures.into_iter().partition(of_partner);
        let mut its = own.into_iter().chain(of_partners);
        let cause = mistake.finding.explains(its.next());
        let place = cause.place.clone();
        let place = place.or_else(|| place_of(&case.events[cause.about], cause.culprit));
        let place = place.or_else(|| place_of_end(&play, &cause));
        Cause { consequences: its.collect(), place, ..cause }
    });
    told.collect()
}

/// Where in its source the program that has to change did what shows the mistake.
fn place_of(event: &Event, culprit: Option<usize>) -> Option<Place> {
    let terminal = match &event.kind {
        Kind::Traced { terminal, .. } => *terminal,
        Kind::Line(line) => line.terminal,
        _ => return None,
    };
    event.place.clone().filter(|_| culprit == Some(terminal))
}

/// From where the program that has to change ended, if that shows the mistake.
fn place_of_end(play: &Play, cause: &Cause) -> Option<Place> {
    let terminal = cause.culprit?;
    let is_its = match play.events[cause.about].kind {
        Kind::Exited { terminal: one, .. } => one == terminal,
        _ => play.ended(terminal).is_some_and(|(died, _)| died == cause.about),
    };
    play.way_out(terminal).filter(|_| is_its).cloned()
}

/// Everything that the programs did was seen.
fn is_seen(events: &[Event]) -> bool {
    let any = |is: fn(&Kind) -> bool| events.iter().any(|event| is(&event.kind));
    any(|kind| matches!(kind, Kind::Tracing { .. }))
        && !any(|kind| {
            matches!(
                kind,
                Kind::Untraceable { .. }
                    | Kind::TooManyWrites { .. }
                    | Kind::TooManyEvents { .. }
                    | Kind::Untold { .. }
            )
        })
}

impl Mistake {
    /// `event`: the one that shows it; `terminal`: whose program has to change; `sentence`: the facts, with their values.
    fn new(
        code: Code,
        event: usize,
        terminal: usize,
        sentence: impl Into<String>,
        failures: Vec<usize>,
    ) -> Mistake {
        let finding = Finding::new(code, Certainty::Proved, sentence);
        Mistake { finding: finding.about_event(event).in_terminal(terminal), failures }
    }

    /// It fits the facts; another mistake might, too, or another right way of writing the program.
    fn perhaps(self) -> Mistake {
        Mistake { finding: self.finding.unproved(), ..self }
    }

    /// What shows it has no line of its own; what was done then has led to it.
    fn made_at(self, play: &Play, event: usize) -> Mistake {
        Mistake { finding: self.finding.at(play.events[event].place.as_ref()), ..self }
    }

    /// What to change.
    fn mend(self, advice: &str) -> Mistake {
        Mistake { finding: self.finding.advises(advice), ..self }
    }
}
