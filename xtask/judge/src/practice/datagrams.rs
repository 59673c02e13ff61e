//! UDP: how many sockets, how many datagrams.

use events::{Activity, Call, CallResult, Family, SocketKind};

use super::{Deeds, Instead};

impl Deeds<'_> {
    pub(super) fn udp_sockets(&self, count: u32) -> Instead {
        let made = |wanted: SocketKind| {
            let mine = |call: &Call| matches!(call, Call::Socket { family: Family::Ipv4 | Family::Ipv6, kind } if *kind == wanted);
            self.done(mine)
        };
        let (udp, tcp) = (made(SocketKind::Datagram), made(SocketKind::Stream));
        let got = match (udp, tcp) {
            (udp, 0) if udp == count as usize => return None,
            (0, 0) => "没有创建过 UDP 或 TCP 的套接字".to_owned(),
            (udp, 0) => format!("创建了 {udp} 个 UDP 套接字"),
            (udp, tcp) => format!("创建了 {udp} 个 UDP 套接字，{tcp} 个 TCP 套接字"),
        };
        let detail = "UDP 没有连接：一个套接字和所有的对方收发，见 udp(7)";
        Some((got, detail.to_owned()))
    }

    pub(super) fn datagrams(&self, count: u32) -> Instead {
        let sent = self.done(|call| matches!(call, Call::Send { data, .. } if data.is_datagram()));
        let detail =
            "发送一次是一个数据报，收一次也是一个，见 udp(7)；用 sendmmsg(2) 发的这里看不到";
        (sent != count as usize)
            .then(|| (format!("看到它发出了 {sent} 个数据报"), detail.to_owned()))
    }

    /// How many calls of a kind succeeded.
    fn done(&self, which: impl Fn(&Call) -> bool) -> usize {
        let succeeded = |deed: &&super::Deed| {
            matches!(
                deed.activity,
                Activity::Leave { call, outcome: CallResult::Done(_) } if which(call)
            )
        };
        self.deeds.iter().filter(succeeded).count()
    }
}
