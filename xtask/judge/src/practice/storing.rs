//! Whether what was received is stored before it is answered. Other files, a log say, are nobody's matter here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use course::script::Scene;
use events::{Activity, Call, CallResult, Data, Object};

use super::{Deed, Deeds, Instead};
use crate::Carried;

/// A connection, by its own address and the other's.
type Connection = (SocketAddr, SocketAddr);

/// What was said on a connection until now.
#[derive(Default)]
struct Talk {
    received: Carried,
    /// The threads that have sent something on it, and not yet closed it.
    answered: BTreeSet<i32>,
}

/// What was said, and what was written.
#[derive(Default)]
struct Stores<'a> {
    talks: BTreeMap<Connection, Talk>,
    /// What was written into each file, by the names that it has had.
    files: BTreeMap<String, Vec<&'a Data>>,
    /// Files that the script compares.
    compared: Vec<&'a str>,
}

impl Deeds<'_> {
    /// Whoever answered on a connection wrote nothing more afterwards into the file with what had come on it, nor gave it its
    /// name, until it closed the connection.
    pub(super) fn stores_first(&self, scene: &Scene) -> Instead {
        let compared = scene.compared.iter().filter(|one| one.content.is_some());
        let compared = compared.map(|one| one.path.as_str()).collect();
        let mut stores = Stores { compared, ..Stores::default() };
        let what = self.deeds.iter().find_map(|deed| stores.late(deed))?;
        let detail = "回复了就是成功：后面再出错，客户端已经不知道了";
        Some((format!("回复之后才{what}"), detail.to_owned()))
    }
}

impl<'a> Stores<'a> {
    /// What was done too late with the file of a connection.
    fn late(&mut self, deed: &Deed<'a>) -> Option<&'static str> {
        match deed.activity {
            Activity::Enter(Call::Send { object: Object::Connection { local, peer }, .. })
            | Activity::Leave {
                call: Call::Send { object: Object::Connection { local, peer }, .. },
                ..
            } => {
                self.talks.entry((*local, *peer)).or_default().answered.insert(deed.tid);
            }
            Activity::Enter(Call::Close { object: Object::Connection { local, peer }, .. })
            | Activity::Leave {
                call: Call::Close { object: Object::Connection { local, peer }, .. },
                ..
            } => {
                if let Some(talk) = self.talks.get_mut(&(*local, *peer)) {
                    talk.answered.remove(&deed.tid);
                }
            }
            // it may have the addresses of one that is over
            Activity::Leave {
                call: Call::Accept { peer: Some(peer), .. },
                outcome: CallResult::Done(_),
            } => self.talks.retain(|(_, other), _| other != peer),
            Activity::Leave {
                call: Call::Receive { object: Object::Connection { local, peer }, data, .. },
                outcome: CallResult::Done(bytes @ 1..),
            } if !data.peeked => {
                let talk = self.talks.entry((*local, *peer)).or_default();
                talk.received.add(data, bytes.unsigned_abs());
            }
            Activity::Leave {
                call: Call::Send { object: Object::File { path }, data, .. },
                outcome: CallResult::Done(1..),
            } => {
                let file = self.files.entry(path.clone()).or_default();
                file.push(data);
                return self.is_late(deed.tid, path, data).then_some("写文件（write）");
            }
            Activity::Leave { call: Call::Rename { from, to }, outcome: CallResult::Done(_) } => {
                let is_late = self.is_named_late(deed.tid, from, to);
                let written = self.written(from).copied().collect();
                // the next file may have the same name as long as it grows
                self.files.retain(|one, _| !is(one, from) && !is(from, one));
                self.files.insert(to.clone(), written);
                return is_late.then_some("给文件起名字（rename、link）");
            }
            _ => {}
        }
        None
    }

    /// It is the file of a connection that this thread has answered; and not what came on one that it has not.
    fn is_late(&self, tid: i32, path: &str, data: &Data) -> bool {
        let answered = |talk: &&Talk| talk.answered.contains(&tid);
        self.talks.values().filter(answered).any(|talk| self.stores(path, talk))
            && !self.talks.values().any(|talk| !answered(&talk) && talk.received.holds(data))
    }

    fn is_named_late(&self, tid: i32, from: &str, to: &str) -> bool {
        let answered = |talk: &&Talk| talk.answered.contains(&tid);
        // an empty file: nothing came, and nothing was written
        let is_compared = self.compared.iter().any(|name| is(to, name));
        let is_empty = is_compared && self.written(from).next().is_none();
        let its = |talk: &Talk| match talk.received.is_empty() {
            true => is_empty,
            false => self.stores(from, talk),
        };
        self.talks.values().filter(answered).any(its)
            && !self.talks.values().any(|talk| !answered(&talk) && its(talk))
    }

    /// What came on a connection was written into this file.
    fn stores(&self, path: &str, talk: &Talk) -> bool {
        self.written(path).any(|data| talk.received.holds(data))
    }

    /// What was written into a file, which may be called otherwise in another call.
    fn written(&self, path: &str) -> impl Iterator<Item = &&'a Data> {
        let same = self.files.iter().filter(move |(one, _)| is(one, path) || is(path, one));
        same.flat_map(|(_, written)| written)
    }
}

/// A path is that of a file with this name, which may be relative.
fn is(path: &str, name: &str) -> bool {
    let name = name.trim_start_matches("./");
    path == name || path.ends_with(&format!("/{name}"))
}
