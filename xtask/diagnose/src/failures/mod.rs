//! Why calls failed: from what all programs did until then.
//!
//! | file | task |
//! | --- | --- |
//! | `ledger` | who listens where; what was bound, sent and received on which connection |
//! | `refused` | a refused connection |
//! | `in_use` | an address that is in use |
//! | `broken` | a connection that the other side has reset or closed |
//! | `misused` | calls in the wrong order, or on the wrong socket |
//! | `beyond` | what this machine, this network or this process does not have |
//! | `impatient` | who did not wait, or not long enough |
//! | `unheard` | datagrams that nobody heard, files of Unix sockets |
//! | `left_behind` | threads that were not done when their process ended |
//! | `killed` | a child that a signal has killed |
//! | `no_code` | a crash over an exit code that a killed child does not have |
//! | `cut_text` | text that is no text any more, since a receive ended inside a character |
//! | `cut_send` | a send that took only a part |
//! | `cut_datagram` | a datagram that did not fit its buffer |
//! | `in_part` | one receive that was taken for a whole message |
//! | `poisoned` | a lock whose holder panicked |
//! | `said` | what a library refused before any call |
//! | `unkind` | what only an unkind kernel shows |
//! | `spinning` | one that asks again and again for what will never come, or only computes |

mod beyond;
mod broken;
mod cut_datagram;
mod cut_send;
mod cut_text;
mod impatient;
mod in_part;
mod in_use;
mod killed;
mod ledger;
mod left_behind;
mod misused;
mod no_code;
mod poisoned;
mod refused;
mod said;
mod spinning;
mod unheard;
mod unkind;

use std::collections::{BTreeMap, BTreeSet};

use events::{Activity, Call, CallResult, Event, Kind, Object};
use nix::errno::Errno;

use super::Case;
use super::finding::Finding;
use super::roster::Roster;
pub use cut_text::says_cut;
use ledger::Ledger;

/// So many failed calls are explained; the first ones explain the others.
const MOST: usize = 3;
/// Of calls of one thread that fail again and again in the same way so many are looked at, and the last: each look goes
/// through all that happened.
const MOST_ALIKE: usize = 20;

/// What the finders look at.
struct Past<'a> {
    case: &'a Case<'a>,
    /// Until the call that failed.
    ledger: Ledger,
    /// Until the end of the scene: that a call is over may be told after what it has brought about.
    whole: Ledger,
    roster: Roster<'a>,
}

/// A call that failed.
struct Failed<'a> {
    /// The event: an index into the scene's.
    event: usize,
    terminal: usize,
    pid: i32,
    tid: i32,
    call: &'a Call,
    errno: Errno,
}

/// Why this call failed; `None`: somebody else has to say.
type Explain = fn(&Past, &Failed) -> Option<Finding>;

const EXPLAIN: [Explain; 7] = [
    refused::explain,
    in_use::explain,
    broken::explain,
    misused::explain,
    beyond::explain,
    impatient::explain,
    unheard::explain,
];

/// The failed calls to look at: [`MOST_ALIKE`] and the last of each thread, call and error.
fn not_too_many_alike(events: &[Event]) -> BTreeSet<usize> {
    let mut alike: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    let mut looked_at = BTreeSet::new();
    for (index, event) in events.iter().enumerate() {
        let Some(failed) = failed(index, event) else { continue };
        let key = (failed.tid, failed.call.name(), failed.errno as i32);
        let (count, last) = alike.entry(key).or_default();
        *count += 1;
        *last = index;
        if *count <= MOST_ALIKE {
            looked_at.insert(index);
        }
    }
    looked_at.extend(alike.into_values().map(|(_, last)| last));
    looked_at
}

/// The mistake that only an unkind kernel shows.
pub fn find_unkindness(case: &Case) -> Option<Finding> {
    unkind::find(&Past {
        case,
        ledger: Ledger::default(),
        whole: Ledger::default(),
        roster: Roster::new(case.scene, case.events, None, &[]),
    })
}

/// The causes of the calls that failed, and of what the programs' ends left undone, in the order of what happened.
pub fn find(case: &Case) -> Vec<Finding> {
    let mut whole = Ledger::default();
    for (index, event) in case.events.iter().enumerate() {
        if let Kind::Traced { pid, tid, activity, .. } = &event.kind {
            whole.note(index, *pid, *tid, activity);
        }
    }
    let mut past = Past {
        case,
        ledger: Ledger::default(),
        whole,
        roster: Roster::new(case.scene, case.events, None, &[]),
    };
    let looked_at = not_too_many_alike(case.events);
    let mut findings: Vec<Finding> = Vec::new();
    for (index, event) in case.events.iter().enumerate() {
        let Kind::Traced { pid, tid, activity, .. } = &event.kind else { continue };
        if findings.len() < MOST
            && looked_at.contains(&index)
            && let Some(failed) = failed(index, event)
            && let Some(finding) = EXPLAIN.iter().find_map(|explain| explain(&past, &failed))
            // the same again and again is one
            && findings.iter().all(|other| other.sentence() != finding.sentence())
        {
            let finding = finding.about_event(index).in_terminal(failed.terminal);
            // the call that failed is the culprit's own
            let its = event.place.as_ref().filter(|_| finding.culprit() == Some(failed.terminal));
            findings.push(finding.at(its));
        }
        past.ledger.note(index, *pid, *tid, activity);
    }
    findings.extend(left_behind::find(&past));
    findings.extend(impatient::find(&past));
    findings.extend(killed::find(&past));
    findings.extend(no_code::find(&past));
    findings.extend(cut_text::find(&past));
    findings.extend(poisoned::find(&past));
    findings.extend(said::find(&past));
    findings.extend(cut_datagram::find(&past));
    // these two only where nothing else is known
    if findings.is_empty() {
        findings.extend(cut_send::find(&past));
    }
    if findings.is_empty() {
        findings.extend(in_part::find(&past));
    }
    findings.extend(spinning::find(&past));
    // what came first explains what followed from it: whoever dies of an error closes its connections
    findings.sort_by_key(Finding::event);
    findings
}

fn failed(index: usize, event: &Event) -> Option<Failed<'_>> {
    let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { return None };
    let Activity::Leave { call, outcome: CallResult::Failed(errno) } = activity else {
        return None;
    };
    let errno = Errno::from_raw(*errno);
    Some(Failed { event: index, terminal: *terminal, pid: *pid, tid: *tid, call, errno })
}

impl Past<'_> {
    /// The process is that of a partner: what it does to others, it does on purpose.
    fn is_partner(&self, pid: i32) -> bool {
        let terminal = self.roster.terminal_of(pid);
        terminal.is_some_and(|terminal| self.case.scene.is_partner(terminal))
    }

    /// The program of this terminal ended badly, or nobody knows how.
    fn ended_badly(&self, terminal: usize) -> bool {
        !self.case.events.iter().any(|event| {
            matches!(event.kind, Kind::Exited { terminal: t, exit: events::Exit::Code(0) } if t == terminal)
        })
    }
}

/// The name of an error: `ECONNREFUSED`.
fn name_of(errno: Errno) -> String {
    events::errno_name(errno as i32)
}

/// The descriptor that a call is about.
fn descriptor(call: &Call) -> Option<i32> {
    match call {
        Call::SetOption { fd, .. }
        | Call::Bind { fd, .. }
        | Call::Listen { fd, .. }
        | Call::Accept { fd, .. }
        | Call::Connect { fd, .. }
        | Call::Send { fd, .. }
        | Call::Receive { fd, .. }
        | Call::Shutdown { fd, .. }
        | Call::Close { fd, .. } => Some(*fd),
        _ => None,
    }
}

/// What a call about a socket is called: `read(2)` of a socket is a receive.
fn verb(call: &Call) -> &'static str {
    match call {
        Call::Send { object: Object::Listener { .. }, .. } => "send",
        Call::Receive { object: Object::Listener { .. }, .. } => "recv",
        call => call.name(),
    }
}
