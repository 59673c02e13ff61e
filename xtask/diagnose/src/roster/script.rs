//! What the script would still do, and whom it keeps waiting.

use course::script::{Action, Bindings, Direction as Step, Expected, Practice};
use events::On;

use super::Roster;

impl<'a> Roster<'a> {
    /// Whether the script would still type something into a terminal.
    pub fn has_more_input(&self, terminal: usize) -> bool {
        self.later().iter().any(|direction| {
            let types = matches!(direction.action, Action::Type(_) | Action::CloseInput);
            direction.terminal == terminal && types
        })
    }

    /// What the script has not come to, as far as that is known.
    fn later(&self) -> &'a [Step] {
        self.direction.map_or(&[][..], |direction| &self.scene.directions[direction..])
    }

    /// What a thread waits for would come, if the script went on: input, or a client.
    pub fn awaits_script(&self, thread: usize) -> bool {
        let one = &self.waiting[thread];
        match one.on {
            On::Input => self.has_more_input(self.terminal(one)),
            On::Client { .. } => {
                let runs = |one: &Step| {
                    self.roots.iter().any(|pid| self.terminals.get(pid) == Some(&one.terminal))
                };
                let starts = |one: &Step| matches!(one.action, Action::Start { .. }) && !runs(one);
                self.later().iter().any(starts) || self.is_at_rest(thread)
            }
            On::Signal => self.later().iter().any(|step| self.stops(step, thread)),
            _ => self.is_at_rest(thread),
        }
    }

    /// A script says what is to be printed.
    pub fn has_script(&self) -> bool {
        !self.scene.lines.is_empty()
    }

    /// What a thread's process has printed, and what belongs to the other one, which would show it: as the script says; without
    /// one, a question.
    pub fn printed_for(&self, thread: usize, other: usize) -> Option<&'a str> {
        let [own, peer] = [thread, other].map(|one| self.terminal(&self.waiting[one]));
        let expected = |terminal: usize| {
            let lines = self.scene.lines.iter();
            lines.filter(move |line| self.scene.lanes[line.lane].terminal == terminal)
        };
        let belongs = |text: &str| match self.has_script() {
            false => text.ends_with(['?', '？']),
            true => {
                let shows = |line: &Expected| {
                    line.pattern.render(line.counter, &Bindings::new()).contains(text)
                };
                text.chars().nth(1).is_some()
                    && expected(peer).any(shows)
                    && !expected(own).any(|line| line.pattern.matches_alone(text, line.counter))
            }
        };
        let (printed, said) = (self.printed.get(&self.waiting[thread].pid)?, self.said(thread));
        let is_sent = |text: &str| {
            let mut sends = said.into_iter().flat_map(|said| &said.sends);
            // what is not known of what was sent may be just that
            sends.any(|sent| sent.data.cut || sent.data.binary || sent.data.text.contains(text))
        };
        let texts = printed.iter().rev().copied().map(str::trim);
        texts.into_iter().find(|text| belongs(text) && !is_sent(text))
    }

    /// The script would send its program a signal.
    fn stops(&self, step: &Step, thread: usize) -> bool {
        let terminal = self.terminal(&self.waiting[thread]);
        step.terminal == terminal && matches!(step.action, Action::Stop(_))
    }

    /// Its program has served somebody, or the script has not yet let anybody come, and waits for nothing but what it should
    /// have printed meanwhile: whatever its threads wait for comes with the next client.
    fn is_at_rest(&self, thread: usize) -> bool {
        let terminal = self.terminal(&self.waiting[thread]);
        let begins = |step: &Step| matches!(step.action, Action::Listen(_));
        self.is_only_to_print(terminal)
            && (self.servers.contains(&terminal) || self.later().first().is_some_and(begins))
    }

    /// The script only waits until the program of this terminal has printed something.
    fn is_only_to_print(&self, terminal: usize) -> bool {
        let prints = |step: &Step| {
            let waits = matches!(step.action, Action::Listen(_) | Action::Await | Action::Stop(_));
            waits && step.terminal == terminal
        };
        self.later().first().is_some_and(prints)
    }

    /// A thread of this one's program is ready for whatever comes from outside, a client say, while the script only waits for
    /// something that the program should have printed: the others may wait as long as nobody comes.
    pub fn serves_when_somebody_comes(&self, thread: usize) -> bool {
        let one = &self.waiting[thread];
        let listens = |other: usize| {
            let is_its = self.waiting[other].pid == one.pid && other != thread;
            let from_outside = match self.waiting[other].on {
                On::Client { .. } => true,
                On::Signal => self.awaits_script(other),
                _ => self.socket(other).is_some(),
            };
            is_its && from_outside
        };
        self.is_only_to_print(self.terminal(one)) && (0..self.waiting.len()).any(listens)
    }

    /// The script wants the program of this thread to have one connection at a time.
    pub fn is_to_serve_one(&self, thread: usize) -> bool {
        let terminal = self.terminal(&self.waiting[thread]);
        let mut demands = self.scene.demands.iter();
        demands.any(|one| one.terminal == terminal && one.practice == Practice::OneConnection)
    }

    /// The script only waits until it may stop the program of this thread, which need not go on by itself.
    pub fn is_to_be_stopped(&self, thread: usize) -> bool {
        let terminal = self.terminal(&self.waiting[thread]);
        self.later()
            .first()
            .is_some_and(|step| step.terminal == terminal && matches!(step.action, Action::Stop(_)))
    }
}
