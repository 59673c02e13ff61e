//! Bytes that were sent and not yet received, with who sent them.

use std::collections::VecDeque;

use serde::Serialize;

use events::Data;

/// So many bytes of a piece are shown as text.
const MOST: usize = 160;

/// Some bytes that were sent with one call.
#[derive(Debug, Clone)]
struct Piece {
    /// How many.
    bytes: u64,
    /// As they are, as far as they are known; for what is no text, nothing.
    known: Option<Vec<u8>>,
    /// The step of the film in which they were sent.
    step: usize,
}

impl Piece {
    fn new(data: &Data, step: usize) -> Piece {
        let known = (!data.binary).then(|| data.text.clone().into_bytes());
        Piece { bytes: data.bytes, known, step }
    }
}

/// What a film shows of them.
#[derive(Debug, Serialize)]
pub struct Seen {
    /// How many.
    bytes: u64,
    /// As text, if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The step in which they were sent.
    step: usize,
}

/// They leave in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pieces: VecDeque<Piece>,
    /// So many bytes, or datagrams, were received before it was told that they had been sent.
    early: u64,
}

impl Queue {
    /// They were sent.
    pub fn put(&mut self, data: &Data, step: usize) {
        if data.bytes > 0 {
            self.pieces.push_back(Piece::new(data, step));
        }
        let early = std::mem::take(&mut self.early);
        self.take(early);
    }

    /// A datagram was sent; an empty one is one, too.
    pub fn put_whole(&mut self, data: &Data, step: usize) {
        match self.early.checked_sub(1) {
            Some(rest) => self.early = rest,
            None => self.pieces.push_back(Piece::new(data, step)),
        }
    }

    /// Of the bytes that were put last, only so many were taken after all.
    pub fn shorten_last(&mut self, by: u64) {
        let Some(last) = self.pieces.back_mut() else { return };
        last.bytes = last.bytes.saturating_sub(by);
        if last.bytes == 0 {
            self.pieces.pop_back();
        }
    }

    /// So many were received.
    pub fn take(&mut self, mut bytes: u64) {
        while bytes > 0 {
            let Some(first) = self.pieces.front_mut() else {
                self.early += bytes;
                return;
            };
            if first.bytes <= bytes {
                bytes -= first.bytes;
                self.pieces.pop_front();
            } else {
                first.bytes -= bytes;
                if let Some(known) = &mut first.known {
                    let gone = usize::try_from(bytes).unwrap_or(usize::MAX).min(known.len());
                    known.drain(..gone);
                }
                bytes = 0;
            }
        }
    }

    /// A datagram was received, whole or not: the rest is lost (recv(2)).
    pub fn take_whole(&mut self) {
        if self.pieces.pop_front().is_none() {
            self.early += 1;
        }
    }

    /// How many there are.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|one| one.bytes).sum()
    }

    /// There is nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What is shown of them.
    pub fn seen(&self) -> Vec<Seen> {
        let seen = |piece: &Piece| Seen {
            bytes: piece.bytes,
            text: piece.known.as_ref().map(|known| text(known, piece.bytes)),
            step: piece.step,
        };
        self.pieces.iter().map(seen).collect()
    }
}

/// The beginning as text. Half a character, as a receive may leave it, is shown as U+FFFD.
fn text(known: &[u8], bytes: u64) -> String {
    let most = known.len().min(MOST);
    let mut text = String::from_utf8_lossy(&known[..most]).into_owned();
    if (most as u64) < bytes {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(queue: &Queue) -> Vec<(u64, Option<String>, usize)> {
        queue.seen().into_iter().map(|one| (one.bytes, one.text, one.step)).collect()
    }

    #[test]
    fn what_is_received_leaves_at_the_front() {
        let mut queue = Queue::default();
        queue.put(&Data::new(b"hello", 5), 3);
        queue.put(&Data::new("你".as_bytes(), 3), 4);
        queue.take(2);
        let rest = [(3, Some("llo".into()), 3), (3, Some("你".into()), 4)];
        assert_eq!(shown(&queue), rest);
        queue.take(4);
        assert_eq!(
            shown(&queue),
            [(2, Some("\u{fffd}\u{fffd}".into()), 4)],
            "the rest of a character"
        );
        queue.take(2);
        assert!(queue.is_empty());
    }

    #[test]
    fn what_is_received_before_it_was_told_is_not_there_afterwards() {
        let mut queue = Queue::default();
        queue.take(3);
        queue.put(&Data::new(b"hello", 5), 1);
        assert_eq!(shown(&queue), [(2, Some("lo".into()), 1)]);
    }

    #[test]
    fn what_is_long_or_no_text_says_how_much_it_is() {
        let mut queue = Queue::default();
        queue.put(&Data::new(&[b'a'; 160], 5000), 0);
        queue.put(&Data::new(&[0, 1, 2], 3), 1);
        let seen = shown(&queue);
        assert!(seen[0].1.as_ref().is_some_and(|text| text.ends_with('…')));
        assert_eq!((seen[0].0, seen[1].clone()), (5000, (3, None, 1)));
        assert_eq!(queue.bytes(), 5003);
        queue.shorten_last(3);
        assert_eq!(queue.bytes(), 5000);
    }

    #[test]
    fn a_datagram_is_received_whole_or_its_rest_is_lost() {
        let mut queue = Queue::default();
        queue.put_whole(&Data::new(b"one", 3), 0);
        queue.put_whole(&Data::new(b"", 0), 1);
        queue.take_whole();
        assert_eq!(shown(&queue), [(0, Some(String::new()), 1)]);
        queue.take_whole();
        queue.take_whole();
        queue.put_whole(&Data::new(b"told late", 9), 2);
        assert!(queue.is_empty());
    }
}
