//! Which failures follow from a mistake.

use judge::{Rule, Subject};

use super::play::Play;
use super::stored;

impl Play<'_> {
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

    /// The script waits for this terminal in vain.
    pub fn waited_for(&self, terminal: usize) -> Vec<usize> {
        self.failures_of(terminal, &[Rule::Hang, Rule::Time])
    }

    /// Everything that is wrong, or waits in vain.
    pub fn everything(&self) -> Vec<usize> {
        (0..self.verdict.failures.len()).collect()
    }
}
