//! Who sleeps with a lock for which another waits.

use events::Activity;

use super::{Deeds, Shown};

impl Deeds<'_> {
    /// Nobody has been kept waiting for a lock.
    pub(super) fn sleeps_with_a_lock(&self) -> Shown {
        self.deeds.iter().find_map(|deed| {
            let Activity::KeptWaiting { waiter, call, length, .. } = deed.activity else {
                return None;
            };
            let did = match call.as_str() {
                "recv" => "等一个连接上的数据（recv）".to_owned(),
                call => format!("睡着（{call}）"),
            };
            let length = match length.as_millis() {
                short @ ..100 => format!("{short} 毫秒"),
                _ => format!("{:.1} 秒", length.as_secs_f64()),
            };
            let holder = self.thread(deed.pid, deed.tid);
            let waiter = self.thread(deed.pid, *waiter);
            let got = format!("{holder}拿着一把锁{did}，有 {length}{waiter}一直在等这把锁");
            let detail = "先放开锁，再睡、再等：拿着锁睡，等锁的也跟着睡";
            Some((got, detail.to_owned(), deed.event))
        })
    }
}
