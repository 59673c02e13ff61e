//! Datagrams that nobody answered, and that somebody waited for.

use std::net::SocketAddr;

use course::script::Practice;
use events::{Activity, Call, CallResult, Data, Ends, Object};
use nix::errno::Errno;

use super::play::{Deed, Play};
use super::{Code, Mistake};

/// A client that waited for answers until its time was up, and got none.
struct Client {
    terminal: usize,
    own: SocketAddr,
    /// When its time was up.
    gave_up: usize,
}

/// Datagrams came, none was sent, and whoever had sent them waited in vain until its time was up.
pub fn not_answered(play: &Play) -> Vec<Mistake> {
    let look = |server: usize| {
        if play.ended(server).is_some() {
            return None;
        }
        let answers: Vec<Way> = play.deeds_of(server).filter_map(sent).collect();
        let elsewhere: Option<Vec<SocketAddr>> = answers.iter().map(|way| way.other).collect();
        let elsewhere = elsewhere?;
        let clients = clients(play).into_iter().filter(|client| client.terminal != server);
        let heard: Vec<(Client, usize)> = clients
            .map(|client| {
                let count = play.deeds_of(server).filter(|deed| came_from(deed, &client)).count();
                (client, count)
            })
            .filter(|(client, count)| {
                *count > 0 && elsewhere.iter().all(|to| to.port() != client.own.port())
            })
            .collect();
        let (first, count) = heard.first()?;
        // whoever has got more since then does not wait for the rest of that one
        let cut = cut(play, server, first).filter(|_| *count == 1);
        let (code, did) = match (elsewhere.first(), cut) {
            (None, Some((sent, got))) => (
                Code::DatagramCut,
                format!(
                    "自己一个也没有发；它的缓冲区只有 {got} 字节，这个数据报却有 {sent} 字节：放不下的 {} 字节被内核扔掉了（recv(2)），下一次接收也收不到",
                    sent - got
                ),
            ),
            (None, None) => (Code::NothingSent, "自己一个也没有发".to_owned()),
            (Some(to), _) => {
                (Code::AnswerNeverComes, format!("自己发的都没有发给它：第一个发到了 {to}"))
            }
        };
        let advice = match code {
            Code::DatagramCut => {
                "缓冲区至少和最长的数据报一样大，例如 2048 字节：一次接收就是整个数据报，没有「剩下的」"
            }
            _ => "每收到一个数据报，就用同一个套接字回一个：send_to 收到时得到的地址",
        };
        let sentence = format!(
            "「{}」收到了「{}」发来的 {count} 个数据报，{did}；「{}」等回信等到时限，什么也没有收到",
            play.name(server),
            play.name(first.terminal),
            play.name(first.terminal)
        );
        let mut all: Vec<usize> = heard.iter().map(|(client, _)| client.terminal).collect();
        all.push(server);
        let demanded = play.demands(server, |one| matches!(one, Practice::Datagrams(1..)));
        let mut failures = play.symptoms(&all);
        failures.extend(demanded.iter().copied());
        let mistake = Mistake::new(code, first.gave_up, server, sentence, failures);
        let mistake = mistake.mend(advice);
        // another script might ask for a server that keeps silent; and what was cut need not be why nothing was sent
        let is_proved = !demanded.is_empty() && code != Code::DatagramCut;
        Some(if is_proved { mistake } else { mistake.perhaps() })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// A server has connected its socket to one client: the kernel gives it nothing of the others any more (connect(2), udp(7)).
pub fn connected_server(play: &Play) -> Vec<Mistake> {
    let look = |server: usize| {
        let bound = play.deeds_of(server).find_map(|deed| match deed.activity {
            Activity::Leave {
                call: Call::Bind { fd, addr: Some(addr), .. },
                outcome: CallResult::Done(_),
            } if addr.port() > 0 => Some((deed, *fd)),
            _ => None,
        });
        let (bind, fd) = bound?;
        let (event, peer) = play.deeds_of(server).find_map(|deed| match deed.activity {
            Activity::Leave {
                call: Call::Connect { fd: other, peer: Some(peer), .. },
                outcome: CallResult::Done(_),
            } if (*other, deed.pid) == (fd, bind.pid) && deed.event > bind.event => {
                Some((deed.event, *peer))
            }
            _ => None,
        })?;
        let received = play.deeds_of(server).any(|deed| {
            deed.event < event && received(deed).is_some_and(|way| way.other == Some(peer))
        });
        let others = clients(play).into_iter();
        let others: Vec<Client> =
            others.filter(|one| one.terminal != server && one.own.port() != peer.port()).collect();
        let lost = others.first().filter(|_| received)?;
        let sentence = format!(
            "「{}」把收数据报的套接字 connect 到了客户端 {peer}：从此内核只交给它 {peer} 发来的，「{}」的收不到",
            play.name(server),
            play.name(lost.terminal)
        );
        let mut all: Vec<usize> = others.iter().map(|client| client.terminal).collect();
        all.push(server);
        let mut failures = play.symptoms(&all);
        failures.extend(play.demands(server, |one| matches!(one, Practice::Datagrams(1..))));
        let mistake = Mistake::new(Code::UdpServerConnected, event, server, sentence, failures);
        Some(
            mistake.mend(
                "服务器端的套接字不要 connect：用 recv_from 收，用 send_to 回给收到时得到的地址",
            ),
        )
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// Who sent datagrams, received none, and has waited until its time was up.
fn clients(play: &Play) -> Vec<Client> {
    let look = |terminal: usize| {
        let own = play.deeds_of(terminal).find_map(|deed| sent(deed)?.own())?;
        let received = play.deeds_of(terminal).any(|deed| received(deed).is_some());
        let gave_up = play.deeds_of(terminal).find_map(|deed| time_was_up(play, deed))?;
        (!received).then_some(Client { terminal, own, gave_up })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// A receive from a socket without a connection came to nothing after some time, and not at once: when.
fn time_was_up(play: &Play, deed: &Deed) -> Option<usize> {
    let Activity::Leave { call: Call::Receive { object: Object::Socket { .. }, .. }, outcome } =
        deed.activity
    else {
        return None;
    };
    if *outcome != CallResult::Failed(Errno::EAGAIN as i32) {
        return None;
    }
    play.took_time(deed).then_some(deed.event)
}

/// Between which addresses a datagram went.
struct Way {
    own: SocketAddr,
    other: Option<SocketAddr>,
}

impl Way {
    fn of(data: &Data) -> Option<Way> {
        match data.ends? {
            Ends::Datagram { own, other } => Some(Way { own, other }),
            Ends::Unix { .. } => None,
        }
    }

    fn own(&self) -> Option<SocketAddr> {
        (self.own.port() > 0).then_some(self.own)
    }
}

/// The datagram that was sent.
fn sent(deed: &Deed) -> Option<Way> {
    match deed.activity {
        Activity::Leave { call: Call::Send { data, .. }, outcome: CallResult::Done(_) } => {
            Way::of(data)
        }
        _ => None,
    }
}

/// The datagram that was received.
fn received(deed: &Deed) -> Option<Way> {
    match deed.activity {
        Activity::Leave { call: Call::Receive { data, .. }, outcome: CallResult::Done(_) } => {
            Way::of(data)
        }
        _ => None,
    }
}

/// The first datagram of a client that did not fit the server's buffer: how long it was, and how long what came of it.
fn cut(play: &Play, server: usize, client: &Client) -> Option<(u64, u64)> {
    let length = |deed: &Deed| match deed.activity {
        Activity::Leave {
            call: Call::Send { data, .. } | Call::Receive { data, .. },
            outcome: CallResult::Done(bytes),
        } => Some((u64::try_from(*bytes).ok()?, data.asked)),
        _ => None,
    };
    let sent = play.deeds_of(client.terminal).filter(|deed| sent(deed).is_some());
    let came = play.deeds_of(server).filter(|deed| came_from(deed, client));
    let pairs = sent.filter_map(length).zip(came.filter_map(length));
    let mut cut = pairs.filter(|((sent, _), (got, asked))| got < sent && got == asked);
    cut.next().map(|((sent, _), (got, _))| (sent, got))
}

/// It received a datagram of this client, which may have been bound to every address.
fn came_from(deed: &Deed, client: &Client) -> bool {
    let from = received(deed).and_then(|way| way.other);
    from.is_some_and(|from| {
        from.port() == client.own.port()
            && (client.own.ip().is_unspecified() || from.ip() == client.own.ip())
    })
}
