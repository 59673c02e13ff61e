//! Why calls failed: from what all programs did until then.
//!
//! | file | task |
//! | --- | --- |
//! | `ledger` | who listened where, from when to when; what was bound, sent and received on which connection |
//! | `refused` | a refused connection |
//! | `in_use` | an address that is in use |
//! | `broken` | a connection that the other side has reset or closed |
//! | `misused` | calls in the wrong order |
//! | `left_behind` | threads that were not done when their process ended |
//! | `spinning` | one that asks again and again for what will never come |

mod broken;
mod in_use;
mod ledger;
mod left_behind;
mod misused;
mod refused;
mod spinning;

use events::{Activity, Call, CallResult, Kind};

use super::Case;
use super::finding::Finding;
use super::roster::Roster;
use ledger::Ledger;

/// So many failed calls are explained; the first ones explain the others.
const MOST: usize = 3;

/// What the finders look at.
struct Past<'a> {
    case: &'a Case<'a>,
    ledger: Ledger,
    roster: Roster<'a>,
}

/// A call that failed.
struct Failed<'a> {
    /// The event: an index into the scene's.
    event: usize,
    terminal: usize,
    pid: i32,
    call: &'a Call,
    /// `errno(3)`.
    errno: i32,
}

/// Why this call failed; `None`: somebody else has to say.
type Explain = fn(&Past, &Failed) -> Option<Finding>;

const EXPLAIN: [Explain; 4] =
    [refused::explain, in_use::explain, broken::explain, misused::explain];

/// The causes of the calls that failed, in their order, and of what the programs' ends left undone.
pub fn find(case: &Case) -> Vec<Finding> {
    let past = Past {
        case,
        ledger: Ledger::of(case.events),
        roster: Roster::new(case.scene, case.events, None, &[]),
    };
    let mut found: Vec<(String, Finding)> = Vec::new();
    for failed in failed_calls(case) {
        let Some(finding) = EXPLAIN.iter().find_map(|explain| explain(&past, &failed)) else {
            continue;
        };
        // the same again and again is one
        let key = finding.sentence().to_owned();
        if found.len() < MOST && found.iter().all(|(other, _)| *other != key) {
            found.push((key, finding.about_event(failed.event).in_terminal(failed.terminal)));
        }
    }
    let mut findings: Vec<Finding> = found.into_iter().map(|(_, finding)| finding).collect();
    findings.extend(left_behind::find(&past));
    findings.extend(spinning::find(&past));
    findings
}

fn failed_calls<'a>(case: &Case<'a>) -> impl Iterator<Item = Failed<'a>> {
    case.events.iter().enumerate().filter_map(|(event, one)| match &one.kind {
        Kind::Traced {
            terminal,
            pid,
            activity: Activity::Leave { call, outcome: CallResult::Failed(errno) },
            ..
        } => Some(Failed { event, terminal: *terminal, pid: *pid, call, errno: *errno }),
        _ => None,
    })
}
