//! `SO_REUSEADDR`, and addresses of the command line.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use course::script::Practice;
use events::{Activity, Call, CallResult};
use judge::{Rule, Subject};

use super::play::Play;
use super::{Code, Mistake};

/// `SO_REUSEADDR` is set after bind, or not at all.
pub fn reuse(play: &Play) -> Vec<Mistake> {
    let wanted = Practice::ReuseAddress.to_string();
    let demanded = play.scene.demands.iter().filter(|one| one.practice == Practice::ReuseAddress);
    let look = |demand: &course::script::Demand| {
        let terminal = demand.terminal;
        let failures = play.failures(|failure| {
            failure.rule == Rule::Mechanism
                && failure.subject == Subject::Terminal(terminal)
                && failure.expected.as_deref() == Some(wanted.as_str())
        });
        let (mut allowed, mut bound) = (BTreeSet::new(), None);
        for deed in play.deeds_of(terminal) {
            let Activity::Leave { call, outcome: CallResult::Done(_) } = deed.activity else {
                continue;
            };
            match call {
                Call::SetOption { fd, option, value } if option == "SO_REUSEADDR" => {
                    if bound == Some((deed.pid, *fd)) {
                        let sentence = format!(
                            "「{}」先绑定（bind），后设置 SO_REUSEADDR：bind 的时候它还没有用",
                            play.name(terminal)
                        );
                        let code = Code::ReuseAddressLate;
                        let mistake = Mistake::new(code, deed.event, terminal, sentence, failures);
                        return Some(mistake.mend("把 setsockopt 移到 bind 前面"));
                    }
                    if *value != Some(0) {
                        allowed.insert((deed.pid, *fd));
                    }
                }
                Call::Bind { fd, .. } if !allowed.contains(&(deed.pid, *fd)) => {
                    bound.get_or_insert((deed.pid, *fd));
                }
                _ => {}
            }
        }
        bound?;
        let event = play.deeds_of(terminal).find_map(|deed| {
            matches!(deed.activity, Activity::Leave { call: Call::Bind { .. }, .. })
                .then_some(deed.event)
        })?;
        let sentence = format!("「{}」绑定（bind）之前没有设置 SO_REUSEADDR", play.name(terminal));
        let mistake = Mistake::new(Code::ReuseAddressMissing, event, terminal, sentence, failures);
        Some(mistake.mend("bind 之前用 setsockopt 设置 SO_REUSEADDR，见 socket(7)：上次是这一边先关闭连接的话，没有它，马上再启动会「地址已被占用」"))
    };
    demanded.filter_map(look).collect()
}

/// An address stands on the command line, and the program uses another one.
pub fn argument_ignored(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let wanted: SocketAddr = play.argument(terminal, "--addr")?.parse().ok()?;
        let used = play.deeds_of(terminal).filter_map(|deed| match deed.activity {
            Activity::Enter(Call::Connect { peer: Some(addr), .. })
            | Activity::Leave { call: Call::Connect { peer: Some(addr), .. }, .. } => {
                Some((deed.event, "连接", *addr))
            }
            // a client's own port may be any
            Activity::Leave { call: Call::Bind { addr: Some(addr), .. }, .. }
                if addr.port() != 0 =>
            {
                Some((deed.event, "绑定", *addr))
            }
            _ => None,
        });
        let used: Vec<_> = used.collect();
        let (event, how, addr) = used.first()?;
        if used.iter().any(|(_, _, addr)| *addr == wanted) {
            return None;
        }
        let sentence = format!(
            "命令行里写的是 --addr {wanted}，「{}」{how}的却是 {addr}",
            play.name(terminal)
        );
        let code = Code::ArgumentIgnored;
        let mistake = Mistake::new(code, *event, terminal, sentence, play.everything());
        Some(mistake.mend("地址从命令行的参数里取，不要写死"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
