//! What is done to a socket: options before it is bound, half a close; how many of TCP there are.

use std::collections::BTreeSet;

use events::{Activity, Call, CallResult, Family, Half, SocketKind};

use super::{Deeds, Instead};

impl Deeds<'_> {
    pub(super) fn listens_once(&self) -> Instead {
        let is_listen = |activity: &Activity| {
            let Activity::Leave { call, outcome } = activity else { return false };
            matches!((call, outcome), (Call::Listen { .. }, CallResult::Done(_)))
        };
        let count = self.deeds.iter().filter(|deed| is_listen(deed.activity)).count();
        let detail = "监听的套接字只创建一次，放在循环前面：关了再开，中间来的客户端没有人接";
        (count != 1).then(|| (format!("监听了 {count} 次（listen）"), detail.to_owned()))
    }

    pub(super) fn tcp_sockets(&self, wanted: u32) -> Instead {
        let is_tcp = |activity: &Activity| {
            matches!(
                activity,
                Activity::Leave {
                    call: Call::Socket {
                        family: Family::Ipv4 | Family::Ipv6,
                        kind: SocketKind::Stream,
                    },
                    outcome: CallResult::Done(_),
                }
            )
        };
        let made = self.deeds.iter().filter(|deed| is_tcp(deed.activity)).count();
        let got = format!("创建了 {made} 个 TCP 套接字（socket）");
        (made != wanted as usize).then(|| (got, String::new()))
    }

    pub(super) fn reuses_address(&self) -> Instead {
        let mut allowed: BTreeSet<(i32, i32)> = BTreeSet::new();
        let mut bound: BTreeSet<(i32, i32)> = BTreeSet::new();
        let (mut any, mut late, mut bare) = (false, false, false);
        for deed in &self.deeds {
            match deed.activity {
                Activity::Leave { call: Call::Socket { .. }, outcome: CallResult::Done(fd) } => {
                    // the number may have belonged to another socket before
                    let new = (deed.pid, i32::try_from(*fd).unwrap_or(-1));
                    allowed.remove(&new);
                    bound.remove(&new);
                }
                Activity::Leave {
                    call: Call::SetOption { fd, option, value },
                    outcome: CallResult::Done(_),
                } if option == "SO_REUSEADDR" => {
                    late |= bound.contains(&(deed.pid, *fd));
                    match value {
                        Some(0) => allowed.remove(&(deed.pid, *fd)),
                        _ => allowed.insert((deed.pid, *fd)),
                    };
                }
                Activity::Leave { call: Call::Bind { fd, .. }, .. } => {
                    any = true;
                    if !allowed.contains(&(deed.pid, *fd)) {
                        // also of one that is closed later
                        bare = true;
                        bound.insert((deed.pid, *fd));
                    }
                }
                Activity::NewProcess { child } => {
                    let inherit = |set: &mut BTreeSet<(i32, i32)>| {
                        let own: Vec<i32> =
                            set.iter().filter(|one| one.0 == deed.pid).map(|one| one.1).collect();
                        set.extend(own.into_iter().map(|fd| (*child, fd)));
                    };
                    inherit(&mut allowed);
                    inherit(&mut bound);
                }
                _ => {}
            }
        }
        let got = match (any, late) {
            (false, _) => "没有绑定过地址（bind）",
            (true, true) => "先绑定（bind），后设置 SO_REUSEADDR",
            (true, false) if bare => "绑定（bind）之前没有设置 SO_REUSEADDR",
            _ => return None,
        };
        let detail = "bind(2) 检查地址能不能用的时候，这个选项必须已经设好，见 socket(7)";
        Some((got.to_owned(), detail.to_owned()))
    }

    pub(super) fn half_closes(&self) -> Instead {
        let mut half = Vec::new();
        let mut whole = false;
        for deed in &self.deeds {
            match deed.activity {
                Activity::Enter(Call::Shutdown { fd, object, how }) => match how {
                    Half::Write => half.push((deed.pid, *fd, object)),
                    Half::Both => whole = true,
                    Half::Read => {}
                },
                Activity::Enter(Call::Receive { fd, object, .. })
                | Activity::Leave { call: Call::Receive { fd, object, .. }, .. } => {
                    let same = |(pid, half_fd, half): &(i32, i32, &events::Object)| {
                        *pid == deed.pid && (half_fd == fd || *half == object)
                    };
                    if half.iter().any(same) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        let got = match (half.is_empty(), whole) {
            (false, _) => "关闭了发送的一半，可是之后没有再接收",
            (true, true) => "两个方向一起关闭了（SHUT_RDWR）",
            (true, false) => "没有调用 shutdown",
        };
        let detail =
            "半关闭是 shutdown(2) 只关闭发送的一半（SHUT_WR）：对方读到文件结束，自己还能接收答复";
        Some((got.to_owned(), detail.to_owned()))
    }
}
