//! Who asks again and again instead of waiting.

use events::Activity;

use super::{Deed, Deeds, Shown};

impl Deeds<'_> {
    /// Nobody has asked in vain so often in a row that it is told.
    pub(super) fn asks_in_vain(&self) -> Shown {
        self.deeds.iter().find_map(|deed| {
            let Activity::AskedInVain { call, times, .. } = deed.activity else { return None };
            let what = match call.as_str() {
                "sleep" => "sleep（每次不到 1 毫秒）",
                call => call,
            };
            let got = format!("{}一连 {times} 次 {what}，中间没有做别的看得见的事", self.who(deed));
            let detail = "这不是等，是一直问，每问一次都要用处理器";
            Some((got, detail.to_owned(), deed.event))
        })
    }

    fn who(&self, deed: &Deed) -> String {
        match (deed.pid == self.root, deed.tid == deed.pid) {
            (true, true) => "主线程".to_owned(),
            (false, true) => format!("子进程 {} ", deed.pid),
            _ => format!("线程 {} ", deed.tid),
        }
    }
}
