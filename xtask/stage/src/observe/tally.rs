//! How many calls of traced programs are told, and when there are too many of them.

use std::collections::BTreeSet;

use events::{Activity, Call, Kind, Object};
use limits::{SEEN_FOR_A_PICTURE, TOLD_FOR_A_PICTURE, WRITES_FOR_A_VERDICT};

use crate::Detail;

/// Counts calls: for a picture all, for a verdict those that write to an output. A call counts when it is over.
pub struct Tally {
    detail: Detail,
    calls: u64,
    /// For a picture: threads of which it was told that they are in a call. It must be told that they have left it.
    inside: BTreeSet<i32>,
}

impl Tally {
    /// Of nothing yet.
    pub fn new(detail: Detail) -> Tally {
        Tally { detail, calls: 0, inside: BTreeSet::new() }
    }

    /// Whether it is told what a thread of this terminal does.
    ///
    /// # Errors
    /// There is too much of it: how the scene ends.
    pub fn counts(
        &mut self,
        terminal: usize,
        tid: i32,
        activity: &Activity,
    ) -> Result<bool, Box<Kind>> {
        match self.detail {
            Detail::Picture => self.counts_for_picture(tid, activity),
            Detail::Verdict => self.counts_for_verdict(terminal, activity),
        }
    }

    /// What the last call has printed is told.
    pub fn is_told(&self) -> bool {
        self.untold() == 0
    }

    /// Calls that were not told.
    pub fn untold(&self) -> u64 {
        match self.detail {
            Detail::Picture => self.calls.saturating_sub(TOLD_FOR_A_PICTURE),
            Detail::Verdict => 0,
        }
    }

    fn counts_for_picture(&mut self, tid: i32, activity: &Activity) -> Result<bool, Box<Kind>> {
        match activity {
            Activity::Enter(_) => {
                let wanted = self.calls < TOLD_FOR_A_PICTURE;
                if wanted {
                    self.inside.insert(tid);
                }
                Ok(wanted)
            }
            Activity::Leave { .. } => {
                self.calls += 1;
                let was_told = self.inside.remove(&tid);
                if self.calls == SEEN_FOR_A_PICTURE {
                    return Err(Box::new(Kind::TooManyEvents { events: self.calls }));
                }
                Ok(was_told || self.is_told())
            }
            _ => Ok(true),
        }
    }

    fn counts_for_verdict(
        &mut self,
        terminal: usize,
        activity: &Activity,
    ) -> Result<bool, Box<Kind>> {
        if is_print(activity) {
            self.calls += 1;
            if self.calls == WRITES_FOR_A_VERDICT {
                return Err(Box::new(Kind::TooManyWrites { terminal, writes: self.calls }));
            }
        }
        Ok(true)
    }
}

/// Something was written to standard output or standard error.
pub fn is_print(activity: &Activity) -> bool {
    let call = match activity {
        Activity::Enter(call) | Activity::Leave { call, .. } => call,
        _ => return false,
    };
    matches!(call, Call::Send { object: Object::Output { .. } | Object::Errors { .. }, .. })
}

#[cfg(test)]
mod tests {
    use events::{CallResult, Data};

    use super::*;

    fn send(object: Object) -> Call {
        Call::Send { fd: 1, object, data: Data::default() }
    }

    fn left(call: Call) -> Activity {
        Activity::Leave { call, outcome: CallResult::Done(1) }
    }

    fn talks() -> Call {
        send(Object::Pipe { id: 1 })
    }

    #[test]
    fn a_call_counts_once_and_after_so_many_they_are_no_longer_told() {
        let mut tally = Tally::new(Detail::Picture);
        for _ in 0..TOLD_FOR_A_PICTURE {
            assert_eq!(tally.counts(0, 7, &Activity::Enter(talks())), Ok(true));
            assert_eq!(tally.counts(0, 7, &left(talks())), Ok(true));
        }
        assert!(tally.is_told());
        assert_eq!(tally.counts(0, 7, &Activity::Enter(talks())), Ok(false));
        assert_eq!(tally.counts(0, 7, &left(talks())), Ok(false));
        assert_eq!((tally.is_told(), tally.untold()), (false, 1));
        assert_eq!(tally.counts(0, 7, &Activity::ThreadEnded), Ok(true), "who ends is told");
        for _ in TOLD_FOR_A_PICTURE + 2..SEEN_FOR_A_PICTURE {
            assert_eq!(tally.counts(0, 7, &left(talks())), Ok(false));
        }
        let cut = Kind::TooManyEvents { events: SEEN_FOR_A_PICTURE };
        assert_eq!(tally.counts(0, 7, &left(talks())), Err(Box::new(cut)));
    }

    /// Else the picture would show it waiting to the end.
    #[test]
    fn whoever_was_told_to_be_in_a_call_is_told_to_have_left_it() {
        let mut tally = Tally::new(Detail::Picture);
        assert_eq!(tally.counts(0, 7, &Activity::Enter(talks())), Ok(true));
        for _ in 0..=TOLD_FOR_A_PICTURE {
            let _ = tally.counts(0, 8, &left(talks()));
        }
        assert!(!tally.is_told());
        assert_eq!(tally.counts(0, 7, &left(talks())), Ok(true));
        assert_eq!(tally.counts(0, 7, &left(talks())), Ok(false));
    }

    #[test]
    fn for_a_verdict_only_what_is_printed_counts() {
        let mut tally = Tally::new(Detail::Verdict);
        let prints = left(send(Object::Output { program: 1 }));
        for _ in 1..WRITES_FOR_A_VERDICT {
            assert_eq!(tally.counts(1, 7, &left(talks())), Ok(true));
            assert_eq!(tally.counts(1, 7, &prints), Ok(true));
        }
        let cut = Kind::TooManyWrites { terminal: 1, writes: WRITES_FOR_A_VERDICT };
        assert_eq!(tally.counts(1, 7, &prints), Err(Box::new(cut)));
        assert!(tally.is_told());
    }
}
