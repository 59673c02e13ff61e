//! Who lives at the same time.

use std::collections::BTreeSet;

use events::{Activity, Call, CallResult};

use super::{Deeds, Instead};

impl Deeds<'_> {
    /// No child is made when the one before has been waited for, and no thread when the one before has ended. (A child that
    /// ends at once may have ended by itself before the next is made.)
    pub(super) fn at_once(&self) -> Instead {
        let (mut child, mut thread) = (None, None);
        let mut over: BTreeSet<i32> = BTreeSet::new();
        for deed in &self.deeds {
            let (before, next) = match deed.activity {
                Activity::NewProcess { child: next } => (child.replace(*next), *next),
                Activity::NewThread { child: next } => (thread.replace(*next), *next),
                Activity::Leave { call: Call::Wait { .. }, outcome: CallResult::Done(ended) } => {
                    over.extend(i32::try_from(*ended).ok());
                    continue;
                }
                Activity::ThreadEnded => {
                    over.insert(deed.tid);
                    continue;
                }
                _ => continue,
            };
            if let Some(before) = before.filter(|before| over.contains(before)) {
                let got = format!("{before} 已经结束了，才创建 {next}");
                let detail = "先都创建出来，再一个一个等：创建一个等一个，就是一先一后";
                return Some((got, detail.to_owned()));
            }
        }
        None
    }
}
