//! Sockets that were never made, of the wrong kind, never closed; one socket for each datagram.

use course::script::Practice;
use events::{Activity, Call, CallResult, Family, SocketKind};
use judge::Rule;

use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::Play;
use super::{Code, Mistake};

/// A socket that was made.
struct Made {
    event: usize,
    pid: i32,
    fd: i32,
    family: Family,
    kind: SocketKind,
}

impl Made {
    fn is_udp(&self) -> bool {
        matches!(self.family, Family::Ipv4 | Family::Ipv6) && self.kind == SocketKind::Datagram
    }

    fn is_tcp(&self) -> bool {
        matches!(self.family, Family::Ipv4 | Family::Ipv6) && self.kind == SocketKind::Stream
    }

    fn in_words(&self) -> String {
        let family = match self.family {
            Family::Ipv4 => "IPv4（AF_INET）",
            Family::Ipv6 => "IPv6（AF_INET6）",
            Family::Unix => "Unix 域（AF_UNIX）",
            Family::Other(_) => "别的地址族",
        };
        let kind = match self.kind {
            SocketKind::Stream => "TCP（SOCK_STREAM）",
            SocketKind::Datagram => "数据报（SOCK_DGRAM）",
            SocketKind::Other(_) => "别的类型",
        };
        format!("{family}、{kind}")
    }
}

fn made(play: &Play, terminal: usize) -> Vec<Made> {
    let all = play.deeds_of(terminal).filter_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Socket { family, kind }, outcome: CallResult::Done(fd) } => {
            let fd = i32::try_from(*fd).ok()?;
            Some(Made { event: deed.event, pid: deed.pid, fd, family: *family, kind: *kind })
        }
        _ => None,
    });
    all.collect()
}

fn demanded(play: &Play, is: fn(Practice) -> Option<u32>) -> Vec<(usize, u32)> {
    let all = play.scene.demands.iter();
    all.filter_map(|demand| Some((demand.terminal, is(demand.practice)?))).collect()
}

fn udp(practice: Practice) -> Option<u32> {
    match practice {
        Practice::UdpSockets(count) => Some(count),
        _ => None,
    }
}

fn tcp(practice: Practice) -> Option<u32> {
    match practice {
        Practice::TcpSockets(count) => Some(count),
        _ => None,
    }
}

/// What is demanded of datagrams.
fn of_datagrams(practice: Practice) -> bool {
    matches!(practice, Practice::UdpSockets(_) | Practice::Datagrams(_))
}

fn all_of(play: &Play, terminal: usize) -> Vec<usize> {
    play.failures(|failure| failure.subject.terminal(play.scene) == Some(terminal))
}

/// The first socket that the kernel did not make, and why.
fn refused(play: &Play, terminal: usize) -> Option<(usize, i32)> {
    play.deeds_of(terminal).find_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Socket { .. }, outcome: CallResult::Failed(errno) } => {
            Some((deed.event, *errno))
        }
        _ => None,
    })
}

/// Everything is printed, and nothing was made.
pub fn none_made(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, _): (usize, u32)| {
        let (event, _) = play.ended(terminal)?;
        if !made(play, terminal).is_empty() {
            return None;
        }
        let lines = play.lines(terminal, events::Stream::Out).count();
        let name = play.name(terminal);
        let (event, sentence, advice) = match refused(play, terminal) {
            Some((refused, errno)) => (
                refused,
                format!(
                    "「{name}」的 socket 失败了（{}），一个套接字也没有创建",
                    events::errno_name(errno)
                ),
                "socket 的参数依次是地址族、类型、协议（AF_INET、SOCK_STREAM、0）；返回 -1 就是没有创建成功，要说出来",
            ),
            None => (
                event,
                format!("「{name}」印了 {lines} 行，可是一个套接字也没有创建：印的不是真的"),
                "先 socket(2) 创建套接字，再印从它那里读到的值",
            ),
        };
        let failures = all_of(play, terminal);
        let mistake = Mistake::new(Code::NoSocketMade, event, terminal, sentence, failures);
        Some(mistake.mend(advice))
    };
    demanded(play, |practice| tcp(practice).or(udp(practice)))
        .into_iter()
        .filter_map(look)
        .collect()
}

/// Some, but fewer than the script wants.
pub fn too_few(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, u32)| {
        let (died, exit) = play.ended(terminal)?;
        let made = made(play, terminal);
        if made.is_empty() || made.len() >= wanted as usize || exit != events::Exit::Code(0) {
            return None;
        }
        let name = play.name(terminal);
        let sentence =
            format!("「{name}」从头到尾只创建了 {} 个套接字，应当有 {wanted} 个", made.len());
        let failures = all_of(play, terminal);
        let mistake = Mistake::new(Code::SocketsTooFew, died, terminal, sentence, failures);
        Some(mistake.mend("每一次都用 socket(2) 真的创建，印从那一个读到的值；不要印留下来的文字"))
    };
    demanded(play, |practice| tcp(practice).or(udp(practice)))
        .into_iter()
        .filter_map(look)
        .collect()
}

/// A socket was bound where the script wants one that has no address yet.
pub fn bound_without_need(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, _): (usize, u32)| {
        let listens = play.scene.directions.iter().any(|one| {
            one.terminal == terminal && matches!(one.action, course::script::Action::Listen(_))
        });
        if listens {
            return None;
        }
        let (event, addr) = play.deeds_of(terminal).find_map(|deed| match deed.activity {
            events::Activity::Leave {
                call: events::Call::Bind { addr: Some(addr), .. },
                outcome: events::CallResult::Done(_),
            } => Some((deed.event, addr)),
            _ => None,
        })?;
        // the kernel chooses the port where none is named
        let shown = match addr.port() {
            0 => addr.to_string().trim_end_matches('0').to_owned(),
            _ => addr.to_string(),
        };
        let shows = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(&shown));
        let its = play.failures(|failure| {
            failure.subject.terminal(play.scene) == Some(terminal)
                && shows(&failure.got)
                && failure.expected.is_some()
                && !shows(&failure.expected)
        });
        if its.is_empty() {
            return None;
        }
        let name = play.name(terminal);
        let sentence = format!(
            "「{name}」把套接字绑定（bind）到了 {addr}，印出来的就是这个地址；应当还没有绑定"
        );
        let code = Code::BoundWithoutNeed;
        let mistake = Mistake::new(code, event, terminal, sentence, all_of(play, terminal));
        Some(mistake.mend("不绑定也能查看（getsockname）：地址是 0.0.0.0，端口是 0"))
    };
    demanded(play, |practice| tcp(practice).or(udp(practice)))
        .into_iter()
        .filter_map(look)
        .collect()
}

/// TCP where UDP is asked for.
pub fn of_other_transport(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, _): (usize, u32)| {
        let made = made(play, terminal);
        let first = made.first().filter(|_| made.iter().all(Made::is_tcp))?;
        let name = play.name(terminal);
        let sentence =
            format!("「{name}」创建的是 {} 的套接字，应当是 UDP（SOCK_DGRAM）", first.in_words());
        let code = Code::TcpForUdp;
        let failures = Follows::new(play, terminal, first.event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .demands(of_datagrams)
            .in_others();
        let others = play.partners(terminal).into_iter();
        let failures =
            others.fold(failures, |all, other| all.also(play.demands(other, of_datagrams))).all();
        let mistake = Mistake::new(code, first.event, terminal, sentence, failures);
        Some(mistake.mend("用 UdpSocket：没有连接，没有 accept，收发用 recv_from 和 send_to"))
    };
    demanded(play, udp).into_iter().filter_map(look).collect()
}

/// Another family or type than lesson 00 wants to see, and so too few of what it wants. Sockets of UDP may be wanted besides.
pub fn of_wrong_kind(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, u32)| {
        let made = made(play, terminal);
        let is_right = |one: &&Made| one.family == Family::Ipv4 && one.kind == SocketKind::Stream;
        let has_udp = demanded(play, udp).iter().any(|(other, _)| *other == terminal);
        let is_wrong = |one: &&Made| !(is_right(one) || has_udp && one.is_udp());
        let wrong = made.iter().find(is_wrong)?;
        if made.iter().filter(is_right).count() >= wanted as usize {
            return None;
        }
        let sentence = format!(
            "「{}」创建的套接字是 {}，应当是 IPv4（AF_INET）、TCP（SOCK_STREAM）",
            play.name(terminal),
            wrong.in_words()
        );
        let failures = all_of(play, terminal);
        let code = Code::SocketOfWrongKind;
        let mistake = Mistake::new(code, wrong.event, terminal, sentence, failures);
        Some(mistake.mend("socket 的前两个参数：AF_INET 和 SOCK_STREAM"))
    };
    demanded(play, tcp).into_iter().filter_map(look).collect()
}

/// Whether a text shows this number.
fn shows(text: Option<&str>, number: i32) -> bool {
    let number = number.to_string();
    let mut numbers = text.unwrap_or_default().split(|one: char| !one.is_ascii_digit());
    numbers.any(|one| one == number)
}

/// A second socket was made while the first was open, and its number shows where another was wanted.
pub fn leaked(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, _): (usize, u32)| {
        let made = made(play, terminal);
        let closed = |one: &Made, until: usize| {
            play.deeds_of(terminal).any(|deed| {
                deed.event > one.event
                    && deed.event < until
                    && matches!(deed.activity,
                        Activity::Enter(Call::Close { fd, .. })
                        | Activity::Leave { call: Call::Close { fd, .. }, .. }
                            if (deed.pid, *fd) == (one.pid, one.fd))
            })
        };
        let pair = made
            .windows(2)
            .find(|pair| pair[0].fd != pair[1].fd && !closed(&pair[0], pair[1].event))?;
        let sentence = format!(
            "「{}」创建第二个套接字的时候，第一个（fd {}）还没有关闭，所以第二个是 fd {}",
            play.name(terminal),
            pair[0].fd,
            pair[1].fd
        );
        let shows_it = |one: &judge::Failure| {
            let second = pair[1].fd;
            shows(one.got.as_deref(), second) && !shows(one.expected.as_deref(), second)
        };
        let mut failures = play.failures_of(terminal, &[Rule::Text, Rule::Value]);
        failures.retain(|one| shows_it(&play.verdict.failures[*one]));
        let code = Code::DescriptorLeaked;
        let mistake = Mistake::new(code, pair[1].event, terminal, sentence, failures);
        Some(mistake.mend(
            "先关闭第一个（close，或者让它离开作用域：drop），再创建第二个；不要用 mem::forget",
        ))
    };
    demanded(play, tcp).into_iter().filter_map(look).collect()
}

/// A new socket for each datagram.
pub fn one_for_each(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, count): (usize, u32)| {
        let made: Vec<Made> = made(play, terminal).into_iter().filter(Made::is_udp).collect();
        let next = made.get(count as usize)?;
        let sentence = format!(
            "「{}」创建了 {} 个 UDP 套接字，应当只有 {count} 个：每个套接字有自己的端口",
            play.name(terminal),
            made.len()
        );
        let first = made.first()?.event;
        let mut follows = Follows::new(play, terminal, first)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .demands(of_datagrams);
        // those who get its datagrams see another port each time
        for other in play.partners(terminal) {
            follows = follows.shown(other, first, |failure| {
                matches!(failure.rule, Rule::Value | Rule::Text | Rule::Missing | Rule::Extra)
            });
        }
        let failures = follows.in_others().all();
        let code = Code::SocketForEachDatagram;
        let mistake = Mistake::new(code, next.event, terminal, sentence, failures);
        Some(mistake.mend("套接字在循环前面创建一次，每个数据报都从它发出去"))
    };
    demanded(play, udp).into_iter().filter_map(look).collect()
}
