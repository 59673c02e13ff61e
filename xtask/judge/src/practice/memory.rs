//! Whose memory grows with what it receives.

use events::{Activity, Object};

use super::{Deeds, Shown};

impl Deeds<'_> {
    /// Nobody's memory has grown by all that it received.
    pub(super) fn keeps_what_it_receives(&self) -> Shown {
        self.deeds.iter().find_map(|deed| {
            let Activity::MemoryGrew { from, received, grown } = deed.activity else { return None };
            let from = match from {
                Object::File { path } => {
                    format!("从文件 {} 读", path.rsplit('/').next().unwrap_or(path))
                }
                Object::Input => "从标准输入读".to_owned(),
                Object::Pipe { .. } => "从管道读".to_owned(),
                _ => "从连接收".to_owned(),
            };
            let who = self.thread(deed.pid, deed.tid);
            let got =
                format!("{who}{from}的时候，收了 {received} 字节，进程的内存跟着多了 {grown} 字节");
            let detail = "收到多少，内存就多多少：文件多大，就要多大的内存";
            Some((got, detail.to_owned(), deed.event))
        })
    }
}
