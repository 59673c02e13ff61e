//! How a thread reads, as the sizes that it asked for tell.

use events::{Call, Waiting};

use crate::roster::{Got, Talk};

/// How many bytes the call asks for in which a thread waits.
pub fn asked(one: &Waiting) -> Option<u64> {
    match &one.call {
        Call::Receive { data, .. } if data.asked > 0 => Some(data.asked),
        _ => None,
    }
}

/// The thread asks for what is still lacking: last time it asked for more and got a part. Somebody who takes what comes
/// asks for the same again; but who fills a buffer asks for what is left of that, which tells nothing (`may_fill_buffer`).
pub fn asks_for_the_rest(one: &Waiting, heard: &Talk, may_fill_buffer: bool) -> Option<u64> {
    let asked = asked(one)?;
    let last = heard.receives.last()?;
    if may_fill_buffer && last.data.asked >= 512 {
        return None;
    }
    let rest = last.data.asked.checked_sub(last.data.bytes)?;
    (last.tid == one.tid && rest == asked && last.data.bytes > 0 && rest > 0).then_some(rest)
}

/// Bytes that are neither got nor unread: a call that waits for all of what it asked for has them already
/// (`MSG_WAITALL` of recv(2)).
pub fn under_way(one: &Waiting, heard: &Talk, unread: u64) -> Option<u64> {
    let asked = asked(one)?;
    let all_over = heard.sends.iter().all(|sent| sent.taken.is_some());
    let under_way = heard.sent.checked_sub(heard.got)?.checked_sub(unread)?;
    (all_over && under_way > 0 && under_way < asked).then_some(under_way)
}

/// A length that was sent before what it is the length of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// In how many bytes it was written; 0: in digits.
    pub width: u64,
    /// As the thread has understood it.
    pub length: u64,
    /// In the other byte order.
    pub swapped: Option<u64>,
    /// Bytes that were got since.
    pub since: u64,
    /// The first byte behind it, as its place in the talk.
    pub behind: u64,
    /// What it was read from is text.
    pub is_text: bool,
}

/// Nobody in a lesson sends so much: the small number that it is in the other byte order is likelier.
pub const FAR_TOO_LONG: u64 = 1 << 24;

/// The length that the thread goes by: what it has got since, and what it asks for now, make that length. `counts`: its
/// loop goes on until there are enough bytes, and it has said nothing since this event.
pub fn announced(one: &Waiting, heard: &Talk, counts: Option<usize>) -> Option<Announced> {
    let asked = asked(one);
    heard.receives.iter().enumerate().rev().find_map(|(index, got)| {
        let since: u64 = heard.receives[index + 1..].iter().map(|later| later.data.bytes).sum();
        let behind = got.from + got.data.bytes;
        let counts = counts.is_some_and(|silent_since| silent_since <= got.at);
        in_bytes(got, since, behind, asked?, counts).or_else(|| in_digits(got, since, behind))
    })
}

fn in_bytes(got: &Got, since: u64, behind: u64, asked: u64, counts: bool) -> Option<Announced> {
    let data = got.data;
    let width = data.bytes;
    if ![2, 4, 8].contains(&width) || data.asked != width {
        return None;
    }
    let bytes = if data.binary { data.head.as_slice() } else { data.text.as_bytes() };
    if bytes.len() as u64 != width {
        return None;
    }
    let mut padded = [0; 8];
    padded[8 - bytes.len()..].copy_from_slice(bytes);
    let big = u64::from_be_bytes(padded);
    let little =
        padded.iter().rev().take(bytes.len()).fold(0, |all, byte| all << 8 | u64::from(*byte));
    // a length has zeros in front, or behind
    let is_text = width >= 4 && bytes.iter().all(|byte| *byte >= b' ');
    let of = |length, swapped| Announced {
        width,
        length,
        swapped: Some(swapped),
        since,
        behind,
        is_text,
    };
    // what it still lacks, or as much of it as its buffer holds
    let fits = |length: u64, other: u64| {
        // who counts and has got the other length could not want more, had it understood that one
        let too_long = length >= FAR_TOO_LONG && since > other;
        let piece =
            since == 0 && asked >= 512 || counts && since > 0 && (since == other || too_long);
        length.checked_sub(since).is_some_and(|rest| rest == asked || rest > asked && piece)
    };
    match (fits(big, little), fits(little, big)) {
        (true, little_fits) if big == since + asked || !little_fits => Some(of(big, little)),
        (_, true) => Some(of(little, big)),
        _ => None,
    }
}

/// Only digits, alone in a message: `30000000`.
fn in_digits(got: &Got, since: u64, behind: u64) -> Option<Announced> {
    let text = got.data.text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length: u64 = text.parse().ok().filter(|_| digits && !got.data.cut)?;
    (length > since && length > 0).then_some(Announced {
        width: 0,
        length,
        swapped: None,
        since,
        behind,
        is_text: true,
    })
}
