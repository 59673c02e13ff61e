//! Which failures follow from a mistake: those of its terminal, and of those that talk with it and did not get what they wanted,
//! from then on. What showed before, and what somebody else does wrong, is left to other mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use course::script::{Action, Practice};
use events::{Activity, Call, CallResult, Endpoint, Ends, Kind, Object};
use judge::{Failure, Rule, Subject};
use nix::errno::Errno;

use super::play::Play;
use super::stored;

/// What is broken where a program does not get as far as it should.
pub const BROKEN_OFF: [Rule; 10] = [
    Rule::Listen,
    Rule::Connect,
    Rule::Missing,
    Rule::Newline,
    Rule::Stderr,
    Rule::Panic,
    Rule::Exit,
    Rule::Time,
    Rule::Hang,
    Rule::Computing,
];

/// What else is broken where a program prints what it should not.
pub const PRINTED: [Rule; 10] = [
    Rule::Text,
    Rule::Value,
    Rule::Identity,
    Rule::Extra,
    Rule::Order,
    Rule::Source,
    Rule::Terminal,
    Rule::Divider,
    Rule::Distinct,
    Rule::Forbidden,
];

/// What nobody can do with whom nobody talks.
fn needs_a_talk(practice: Practice) -> bool {
    matches!(
        practice,
        Practice::HalfClose
            | Practice::ConnectionsAtOnce(_)
            | Practice::OneConnection
            | Practice::CloseConnections
            | Practice::StoreFirst
            | Practice::NameLast
            | Practice::ReceiveFirst
    )
}

impl<'a> Play<'a> {
    /// The failures of these rules in a terminal.
    pub fn failures_of(&self, terminal: usize, rules: &[Rule]) -> Vec<usize> {
        self.failures(|failure| {
            rules.contains(&failure.rule) && failure.subject.terminal(self.scene) == Some(terminal)
        })
    }

    /// What shows in these terminals; not what a script demands of a program's doing.
    pub fn symptoms(&self, terminals: &[usize]) -> Vec<usize> {
        self.failures(|failure| {
            let its = failure.subject.terminal(self.scene);
            failure.rule != Rule::Mechanism && its.is_some_and(|one| terminals.contains(&one))
        })
    }

    /// What shows in these terminals, and in files that nobody else has written.
    pub fn symptoms_and_files(&self, terminals: &[usize]) -> Vec<usize> {
        let mut all = self.symptoms(terminals);
        all.extend(self.files_of(terminals));
        all.sort_unstable();
        all
    }

    /// What is wrong with files that only these terminals have written, or nobody.
    pub fn files_of(&self, terminals: &[usize]) -> Vec<usize> {
        self.failures(|failure| {
            let Subject::File(path) = &failure.subject else { return false };
            let by = stored::made(self, path);
            by.is_empty() || by.iter().any(|(_, terminal)| terminals.contains(terminal))
        })
    }

    /// Processes of a terminal that were left.
    pub fn orphans_of(&self, terminal: usize) -> Vec<usize> {
        self.failures(|failure| match &failure.subject {
            Subject::Process { pid, .. } => {
                let life = self.processes.get(pid);
                failure.rule == Rule::Orphan && life.is_none_or(|life| life.terminal == terminal)
            }
            _ => false,
        })
    }

    /// What is demanded of a terminal, and not done.
    pub fn demands(&self, terminal: usize, is: impl Fn(Practice) -> bool) -> Vec<usize> {
        self.failures(|failure| {
            let wanted = failure.expected.as_deref().and_then(Practice::parse);
            failure.rule == Rule::Mechanism
                && failure.subject == Subject::Terminal(terminal)
                && wanted.is_some_and(&is)
        })
    }

    /// The script waits for this terminal in vain.
    pub fn waited_for(&self, terminal: usize) -> Vec<usize> {
        self.failures_of(terminal, &[Rule::Hang, Rule::Time])
    }

    /// It shows now or later, as far as is known: what shows in a program that has ended showed before that.
    fn is_later(&self, failure: &Failure, since: usize) -> bool {
        let over = failure.subject.terminal(self.scene).and_then(|one| self.ended(one));
        match failure.event {
            Some(event) => event >= since,
            None => over.is_none_or(|(died, _)| died >= since),
        }
    }

    /// Ports where others can reach a terminal's program, as the script says or as it is.
    fn ports(&self, terminal: usize) -> BTreeSet<u16> {
        let wanted = self.scene.directions.iter().filter_map(|one| match one.action {
            Action::Listen(Endpoint { addr, .. }) if one.terminal == terminal => Some(addr.port()),
            _ => None,
        });
        let real = self.deeds_of(terminal).filter_map(|deed| match deed.activity {
            Activity::Leave {
                call: Call::Listen { addr: Some(addr), .. } | Call::Bind { addr: Some(addr), .. },
                ..
            } => Some(addr.port()),
            _ => None,
        });
        wanted.chain(real).filter(|port| *port != 0).collect()
    }

    /// Ports that a terminal's program wanted to reach, or should have.
    fn targets(&self, terminal: usize) -> BTreeSet<u16> {
        let deeds = self.deeds_of(terminal).filter_map(|deed| match deed.activity {
            Activity::Enter(call) | Activity::Leave { call, .. } => target(call),
            _ => None,
        });
        let told = self.argument(terminal, "--addr").and_then(|text| text.parse().ok());
        let told = told.map(|addr: SocketAddr| addr.port());
        deeds.chain(told).collect()
    }

    /// The terminals whose programs talk with this one's, or should.
    pub fn partners(&self, terminal: usize) -> Vec<usize> {
        let (ports, targets) = (self.ports(terminal), self.targets(terminal));
        let is_partner = |other: &usize| {
            *other != terminal
                && (!self.targets(*other).is_disjoint(&ports)
                    || !self.ports(*other).is_disjoint(&targets))
        };
        (0..self.scene.terminals.len()).filter(is_partner).collect()
    }

    /// When something that a program wanted from another came to nothing, now or later: refused, broken off, not answered, still
    /// waited for.
    fn trouble(&self, terminal: usize, since: usize) -> Option<usize> {
        let failed = self.deeds_of(terminal).find(|deed| {
            let Activity::Leave { call, outcome: CallResult::Failed(errno) } = deed.activity else {
                return false;
            };
            let again = [Errno::EAGAIN, Errno::EINTR, Errno::EINPROGRESS];
            let is_real = !again.contains(&Errno::from_raw(*errno));
            deed.event >= since && is_real && is_talk(call)
        });
        let ends = self.ends.iter().filter(|end| end.terminal == terminal);
        let unanswered = ends.filter_map(|end| {
            let over = end.saw_end.filter(|_| end.receives.is_empty());
            over.into_iter().chain(end.in_vain.map(|vain| vain.over)).find(|at| *at >= since)
        });
        failed
            .map(|deed| deed.event)
            .into_iter()
            .chain(unanswered)
            .chain(self.waits(terminal))
            .min()
    }

    /// Since when a thread of a terminal waits for another program, and goes on waiting.
    fn waits(&self, terminal: usize) -> Option<usize> {
        let mut open = BTreeMap::new();
        for deed in self.deeds_of(terminal) {
            match deed.activity {
                Activity::Enter(call) if is_talk(call) => {
                    open.insert(deed.tid, deed.event);
                }
                Activity::Signal { .. } | Activity::Exited(_) => {}
                _ => {
                    open.remove(&deed.tid);
                }
            }
        }
        open.into_values().min()
    }

    /// The terminals that never began.
    fn never_began(&self) -> Vec<usize> {
        let began = |terminal: usize| {
            self.events.iter().any(
                |event| matches!(event.kind, Kind::Started { terminal: t, .. } if t == terminal),
            )
        };
        (0..self.scene.terminals.len()).filter(|terminal| !began(*terminal)).collect()
    }
}

/// The port that a call is meant to reach.
fn target(call: &Call) -> Option<u16> {
    match call {
        Call::Connect { peer: Some(peer), .. } => Some(peer.port()),
        Call::Send { data, .. } => match data.ends? {
            Ends::Datagram { other, .. } => other.map(|other| other.port()),
            Ends::Unix { .. } => None,
        },
        _ => None,
    }
}

/// Somebody else has to do something for it.
fn is_talk(call: &Call) -> bool {
    match call {
        Call::Connect { .. } => true,
        Call::Send { object, .. } | Call::Receive { object, .. } => {
            matches!(object, Object::Connection { .. } | Object::Socket { .. })
        }
        _ => false,
    }
}

/// Collects what follows from a mistake in a terminal.
pub struct Follows<'p, 'a> {
    play: &'p Play<'a>,
    terminal: usize,
    since: usize,
    all: BTreeSet<usize>,
}

impl<'p, 'a> Follows<'p, 'a> {
    /// `since`: the event with which it began.
    pub fn new(play: &'p Play<'a>, terminal: usize, since: usize) -> Follows<'p, 'a> {
        Follows { play, terminal, since, all: BTreeSet::new() }
    }

    /// These, whenever they show.
    pub fn also(mut self, failures: Vec<usize>) -> Self {
        self.all.extend(failures);
        self
    }

    /// What shows in its own terminal by these rules from then on.
    pub fn own(self, rules: &[Rule]) -> Self {
        let (terminal, since) = (self.terminal, self.since);
        self.shown(terminal, since, |failure| rules.contains(&failure.rule))
    }

    /// What shows in a terminal since an event, where this holds.
    pub fn shown(mut self, terminal: usize, since: usize, is: impl Fn(&Failure) -> bool) -> Self {
        let play = self.play;
        self.all.extend(play.failures(|failure| {
            failure.rule != Rule::Mechanism
                && failure.subject.terminal(play.scene) == Some(terminal)
                && play.is_later(failure, since)
                && is(failure)
        }));
        self
    }

    /// Demands of its own.
    pub fn demands(self, is: impl Fn(Practice) -> bool) -> Self {
        let demands = self.play.demands(self.terminal, is);
        self.also(demands)
    }

    /// All that shows in those who talk with it once they do not get what they want; of what can be done only in a talk, too, if
    /// they had none; and files.
    pub fn in_others(mut self) -> Self {
        let (play, terminal) = (self.play, self.terminal);
        let mut reached = vec![terminal];
        for partner in play.partners(terminal) {
            let Some(trouble) = play.trouble(partner, self.since) else { continue };
            reached.push(partner);
            self = self.shown(partner, trouble, |_| true);
            if !has_talked(play, partner) {
                self.all.extend(play.demands(partner, needs_a_talk));
            }
        }
        if !has_talked(play, terminal) {
            self = self.demands(needs_a_talk);
        }
        self.all.extend(play.files_of(&reached));
        self.never_began(&reached)
    }

    /// What could not show in programs that never began, since the scene came to its end with one of these.
    fn never_began(mut self, reached: &[usize]) -> Self {
        let play = self.play;
        let ends_it = |failure: &Failure| {
            matches!(failure.rule, Rule::Hang | Rule::Time | Rule::Listen | Rule::Computing)
        };
        let other_end = play.verdict.failures.iter().any(|failure| {
            let its = failure.subject.terminal(play.scene);
            ends_it(failure) && its.is_none_or(|one| !reached.contains(&one))
        });
        if other_end {
            return self;
        }
        let never = play.never_began();
        self.all.extend(play.failures(|failure| {
            failure.subject.terminal(play.scene).is_some_and(|one| never.contains(&one))
        }));
        self
    }

    pub fn all(self) -> Vec<usize> {
        self.all.into_iter().collect()
    }
}

/// Something was sent or received on a connection of this terminal.
fn has_talked(play: &Play, terminal: usize) -> bool {
    let own = play.ends.iter().filter(|end| end.terminal == terminal);
    own.into_iter().any(|end| !end.sends.is_empty() || !end.receives.is_empty())
}
