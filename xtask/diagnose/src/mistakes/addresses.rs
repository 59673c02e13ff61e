//! `SO_REUSEADDR`, and addresses of the command line.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use course::script::Practice;
use events::{Activity, Call, CallResult};
use judge::Failure;

use super::follows::{BROKEN_OFF, Follows};
use super::play::Play;
use super::{Code, Mistake};

/// `SO_REUSEADDR` is set after bind, or not at all.
pub fn reuse(play: &Play) -> Vec<Mistake> {
    let demanded = play.scene.demands.iter().filter(|one| one.practice == Practice::ReuseAddress);
    let look = |demand: &course::script::Demand| {
        let terminal = demand.terminal;
        let failures = play.demands(terminal, |one| one == Practice::ReuseAddress);
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
        let (what, advice) = match instead(play, terminal, event) {
            Some(what @ "SO_REUSEPORT") => (
                format!("绑定（bind）之前设置的是 {what}，不是 SO_REUSEADDR"),
                "换成 SO_REUSEADDR，见 socket(7)：SO_REUSEPORT 让几个都设了它的程序同时监听同一个端口，客户端连到哪一个说不准",
            ),
            Some(what) => (
                format!("绑定（bind）之前把 {what} 设成了 0，也就是关"),
                "setsockopt 的值写 1，也就是开",
            ),
            None => (
                "绑定（bind）之前没有设置 SO_REUSEADDR".to_owned(),
                "bind 之前用 setsockopt 设置 SO_REUSEADDR，见 socket(7)：上次是这一边先关闭连接的话，没有它，马上再启动会「地址已被占用」",
            ),
        };
        let sentence = format!("「{}」{what}", play.name(terminal));
        let mistake = Mistake::new(Code::ReuseAddressMissing, event, terminal, sentence, failures);
        Some(mistake.mend(advice))
    };
    demanded.filter_map(look).collect()
}

/// The option that was set before this bind where `SO_REUSEADDR` should have been, or that one, if it was set to 0.
fn instead<'a>(play: &Play<'a>, terminal: usize, bind: usize) -> Option<&'a str> {
    play.deeds_of(terminal).take_while(|deed| deed.event < bind).find_map(|deed| {
        match deed.activity {
            Activity::Leave {
                call: Call::SetOption { option, value, .. },
                outcome: CallResult::Done(_),
            } => match (option.as_str(), value) {
                (what @ "SO_REUSEPORT", Some(1..)) | (what @ "SO_REUSEADDR", Some(0)) => Some(what),
                _ => None,
            },
            _ => None,
        }
    })
}

/// Lines of a program, and of those that talk with it, in which one of these addresses stands, or should.
fn with_address(play: &Play, terminal: usize, since: usize, addresses: &[String]) -> Vec<usize> {
    let speaks_of = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        addresses.iter().any(|address| text.contains(address.as_str()))
    };
    let is = |failure: &Failure| speaks_of(&failure.expected) || speaks_of(&failure.got);
    let follows = Follows::new(play, terminal, since).shown(terminal, since, is);
    let others = play.partners(terminal).into_iter();
    others.fold(follows, |follows, other| follows.shown(other, since, is)).all()
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
        let shown = [wanted, *addr].map(|addr| addr.ip().to_string());
        let failures = Follows::new(play, terminal, *event)
            .own(&BROKEN_OFF)
            .also(with_address(play, terminal, *event, &shown))
            .in_others()
            .all();
        let mistake = Mistake::new(code, *event, terminal, sentence, failures);
        Some(mistake.mend("地址从命令行的参数里取，不要写死"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
