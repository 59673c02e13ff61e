//! The two ends of a connection, clients and servers.
//!
//! | file | shapes of |
//! | --- | --- |
//! | `pair` | two programs that wait on the same connection: the facts, and which mistakes fit them |
//! | `framing` | where the one thinks that a message ends, and the other does not |
//! | `ending` | who waits until the other has said all, and where that is said otherwise (HTTP) |
//! | `buffers` | bytes that lie in a program's own buffer, or were lost with one |
//! | `neglect` | the program at the other end does something else |

mod buffers;
mod ending;
mod framing;
mod neglect;
mod pair;

use events::On;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::all;

pub use buffers::behind_the_poll;
pub use neglect::{kept_open, neglected_peer, never_accepted};
pub use pair::{both_ends, both_ends_in_words};

/// A server waits for a client that never comes.
pub fn client(roster: &Roster) -> Option<Finding> {
    let thread =
        all(roster).find(|one| matches!(roster.waiting[*one].on, On::Client { queue: 0 }))?;
    if roster.awaits_script(thread) {
        return None;
    }
    let sentence = format!("{}在 accept 等下一个客户端，可是再没有客户端会来", roster.name(thread));
    Some(Finding::new(Code::ClientNeverComes, Certainty::Proved, sentence).blames(roster, thread))
}

/// It waits for more, and has thrown away the end of what came.
fn datagram_cut(roster: &Roster, thread: usize, waits: &str) -> Option<Finding> {
    let cut = roster.history.cut_datagram(roster.waiting[thread].pid)?;
    let sentence = format!(
        "{waits}；它收过一个 {} 字节的数据报，缓冲区却只有 {} 字节：放不下的 {} 字节被内核扔掉了（recv(2)），下一次接收也收不到",
        cut.sent,
        cut.got,
        cut.sent - cut.got
    );
    // where it need not go on, what is missing may be something else
    let certainty = Certainty::proved_if(!roster.is_to_be_stopped(thread));
    let finding = Finding::new(Code::DatagramCut, certainty, sentence);
    let finding = finding.advises("缓冲区至少和最长的数据报一样大，例如 2048 字节");
    Some(finding.blames(roster, thread))
}

/// A socket without a connection.
pub fn socket(roster: &Roster) -> Option<Finding> {
    let (thread, socket) = all(roster).find_map(|one| Some((one, roster.socket(one)?)))?;
    let mut sentence = format!("{}在等{socket}的数据，可没有人会发来", roster.name(thread));
    let code = Code::SocketNeverSpokenTo;
    if socket.contains("UDP")
        && let Some(cut) = datagram_cut(roster, thread, &sentence)
    {
        return Some(cut);
    }
    let lost = roster.history.lost_datagram().filter(|_| socket.contains("UDP"));
    let Some((sender, to)) = lost else {
        if roster.awaits_script(thread) {
            return None;
        }
        return Some(Finding::new(code, Certainty::Proved, sentence).blames(roster, thread));
    };
    let name = roster.process_name(sender);
    sentence.push_str(&format!("；{name}的数据报发到了 {to}，没有哪个程序绑定（bind）在那里"));
    let advice = format!("核对{name}发往的地址和端口，和收的一边 bind 的是不是同一个");
    let finding = Finding::new(code, Certainty::Proved, sentence).advises(advice);
    Some(finding.blames_process(roster, Some(sender)))
}
