//! Who asks again and again instead of waiting.

use events::Activity;

use super::{Deeds, Shown};

impl Deeds<'_> {
    /// Nobody has asked in vain so often in a row that it is told.
    pub(super) fn asks_in_vain(&self) -> Shown {
        self.deeds.iter().find_map(|deed| {
            let Activity::AskedInVain { call, times, idle } = deed.activity else { return None };
            let did = match call.as_str() {
                "sleep" => format!("睡了 {times} 次（sleep），每次不到 1 毫秒"),
                "sched_yield" => format!("让了 {times} 次（sched_yield）"),
                call => format!("问了 {times} 次 {call}，每次都没有等到"),
            };
            // other questions in vain, short sleeps and looks at a clock may stand between
            let got = format!("{}{did}；中间没有看到它做成别的事", self.thread(deed.pid, deed.tid));
            let detail = match idle {
                true => "这不是等，是一直问，每问一次都要用处理器",
                false => "可能是一直问，也可能是每做一小块就问一下或者让一下",
            };
            Some((got, detail.to_owned(), deed.event))
        })
    }
}
