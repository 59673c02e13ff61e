//! What an unkind kernel keeps from a call, as a seed decides. It is all allowed, and loopback seldom does it:
//!
//! | kept | allowed by |
//! | --- | --- |
//! | a receive from a stream socket gets fewer bytes than lie there | recv(2): "any data available, up to the requested amount"; tcp(7): a byte stream |
//! | so does a read of a pipe | read(2): "it is not an error if this number is smaller"; pipe(7): "there is no concept of message boundaries" |
//! | a send through a socket that does not block takes a part | send(2), write(2): what the buffer has room for |
//! | a send that waits for room is broken off when a part was taken | write(2): "a blocked write() to a socket ... interrupted"; Linux does so too where a process was only stopped and goes on (Ctrl-Z, `fg`) |
//! | the buffer of a connection is small | tcp(7): `tcp_wmem` of the machine |
//! | a receive begins when others have had their turns, so that two sends come as one | sched(7): nobody says who goes first |
//!
//! A blocking send that has room for everything is never cut: neither Linux nor POSIX does that.
//!
//! What is decided for a stream depends on the seed, on which stream it is, counted by first use, and on how often it was
//! used before: not on what happens in others.

use std::collections::{BTreeSet, HashMap};

use super::choice::mixed;

/// So many receives of one stream are looked at often; then few, so that a big file is not read byte by byte.
const EAGER: u32 = 8;
/// At most so many receives of one stream get fewer bytes.
const MOST_CUTS: u32 = 48;
/// At most so many receives of one stream come late.
const MOST_LATE: u32 = 64;
/// At most so many sends of one stream are broken off, or asked to be.
const MOST_BREAKS: u32 = 6;
/// What is withheld from whom.
#[derive(Debug)]
pub struct Unkind {
    seed: u64,
    /// Programs that take the first receive of a stream for the whole, and say so: neither that is cut nor what is sent first.
    trusting: BTreeSet<usize>,
    streams: HashMap<u64, Stream>,
}

/// One socket or pipe: how often it was used.
#[derive(Debug, Default)]
struct Stream {
    ordinal: u64,
    receives: u32,
    cuts: u32,
    sends: u32,
    breaks: u32,
    /// A receive that would have waited waits outside of it.
    late: bool,
    /// Its buffer for what is sent was made small.
    small: bool,
}

/// What becomes of a receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Spared,
    /// It gets at most so many bytes.
    AtMost(u64),
}

impl Unkind {
    /// `trusting`: the first receive of each of their streams is left alone.
    pub fn new(seed: u64, trusting: impl IntoIterator<Item = usize>) -> Unkind {
        Unkind { seed, trusting: trusting.into_iter().collect(), streams: HashMap::new() }
    }

    /// This program's next receive from a stream is to be left alone.
    pub fn trusts(&mut self, number: u64, program: usize) -> bool {
        let stream = self.stream(number);
        let first = stream.receives == 0;
        if first && self.trusting.contains(&program) {
            self.stream(number).receives = 1;
            return true;
        }
        false
    }

    /// This program's next send through a stream is to be left alone: a program that trusts may take it for the whole.
    pub fn is_trusted(&mut self, number: u64, program: usize) -> bool {
        let has_listener = self.trusting.iter().any(|one| *one != program);
        let stream = self.stream(number);
        if has_listener && stream.sends == 0 {
            stream.sends = 1;
            return true;
        }
        false
    }

    /// A receive that would wait is only begun when there is something, and it has the turn again.
    pub fn comes_late(&mut self, number: u64) -> bool {
        let stream = self.stream(number);
        stream.late = stream.receives <= MOST_LATE;
        stream.late
    }

    /// The receive that begins now is one that came late.
    pub fn has_come_late(&mut self, number: u64) -> bool {
        std::mem::take(&mut self.stream(number).late)
    }

    /// The buffer of a stream for what is sent holds little from now on.
    pub fn made_small(&mut self, number: u64) {
        self.stream(number).small = true;
    }

    /// It does already.
    pub fn is_small(&self, number: u64) -> bool {
        self.streams.get(&number).is_some_and(|stream| stream.small)
    }

    /// The buffer of some stream does.
    pub fn has_small_ones(&self) -> bool {
        self.streams.values().any(|stream| stream.small)
    }

    /// What becomes of a receive that would get so many bytes; `lying`: their beginning, as far as it can be seen.
    pub fn receive(&mut self, number: u64, most: u64, lying: &[u8]) -> Fate {
        let seed = self.seed;
        let (draw, stream) = self.draw(number, 2, |stream| stream.receives);
        stream.receives = stream.receives.saturating_add(1);
        let often = match stream.receives {
            // what comes first, always; with every fourth seed never: there two sends come as one
            1 if seed.is_multiple_of(4) => 0,
            1 => 4,
            0..=EAGER => 3,
            _ => 1,
        };
        if most < 2 || stream.cuts >= MOST_CUTS || draw % 4 >= often {
            return Fate::Spared;
        }
        stream.cuts += 1;
        let draw = draw / 4;
        let few = 2 + draw / 3 % 6;
        let given = match draw % 3 {
            0 => 1,
            1 => few,
            _ => inside_a_character(lying, draw / 18).unwrap_or(few),
        };
        if given < most { Fate::AtMost(given) } else { Fate::AtMost(1) }
    }

    /// How many bytes a send takes that does not block; `None`: all that it takes by itself.
    pub fn send(&mut self, number: u64, asked: u64) -> Option<u64> {
        let (draw, stream) = self.draw(number, 3, |stream| stream.sends);
        stream.sends = stream.sends.saturating_add(1);
        let cut = asked >= 2 && stream.sends <= MOST_CUTS && draw % 2 == 0;
        cut.then(|| 1 + draw / 2 % (asked - 1))
    }

    /// A send that waits for room is broken off.
    pub fn breaks_off(&mut self, number: u64) -> bool {
        let (draw, stream) = self.draw(number, 4, |stream| stream.breaks);
        if stream.breaks >= MOST_BREAKS {
            return false;
        }
        stream.breaks += 1;
        stream.breaks == 1 || draw % 4 != 0
    }

    fn stream(&mut self, number: u64) -> &mut Stream {
        let ordinal = self.streams.len() as u64;
        self.streams.entry(number).or_insert(Stream { ordinal, ..Stream::default() })
    }

    /// A number for one decision about a stream.
    fn draw(&mut self, number: u64, kind: u64, nth: impl Fn(&Stream) -> u32) -> (u64, &mut Stream) {
        let seed = self.seed;
        let stream = self.stream(number);
        let which = stream.ordinal << 40 | kind << 32 | u64::from(nth(stream));
        (mixed(mixed(seed) ^ which), stream)
    }
}

/// How many bytes end in the middle of a character of UTF-8 that takes several; `None`: there is none.
fn inside_a_character(bytes: &[u8], draw: u64) -> Option<u64> {
    let is_inside = |index: &usize| bytes[*index] & 0xc0 == 0x80;
    let places: Vec<usize> = (1..bytes.len()).filter(is_inside).collect();
    let place = places.get((draw % places.len().max(1) as u64) as usize)?;
    Some(*place as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOCKET: u64 = 7000;
    const SENTENCE: &[u8] = "你好".as_bytes();

    fn fates(seed: u64) -> Vec<Fate> {
        let mut unkind = Unkind::new(seed, []);
        (0..20).map(|_| unkind.receive(SOCKET, 1024, SENTENCE)).collect()
    }

    #[test]
    fn a_seed_decides_the_same_again_and_another_one_otherwise() {
        assert_eq!(fates(5), fates(5));
        assert_ne!(fates(5), fates(6));
    }

    #[test]
    fn what_is_decided_does_not_depend_on_others() {
        let mut unkind = Unkind::new(5, []);
        let mut own = Vec::new();
        for _ in 0..20 {
            own.push(unkind.receive(SOCKET, 1024, SENTENCE));
            unkind.receive(SOCKET + 1, 1024, SENTENCE);
        }
        assert_eq!(own, fates(5));
    }

    #[test]
    fn over_some_seeds_one_byte_a_few_and_half_a_character_are_given_and_never_all_that_was_asked()
    {
        let all: Vec<Fate> = (0..50).flat_map(fates).collect();
        let at_most = |most| all.iter().filter(|fate| **fate == Fate::AtMost(most)).count();
        assert!((1..=7).all(|most| at_most(most) > 0), "{all:?}");
        assert!(all.contains(&Fate::Spared));
        for seed in 0..200 {
            let fate = Unkind::new(seed, []).receive(SOCKET, 2, SENTENCE);
            assert!([Fate::Spared, Fate::AtMost(1)].contains(&fate), "{fate:?}");
        }
    }

    #[test]
    fn a_character_is_cut_where_it_can_be() {
        let text = "ab好".as_bytes();
        assert_eq!(
            (0..2).map(|draw| inside_a_character(text, draw)).collect::<Vec<_>>(),
            [Some(3), Some(4)]
        );
        assert_eq!(inside_a_character(b"abc", 0), None);
        assert_eq!(inside_a_character(b"", 0), None);
    }

    #[test]
    fn one_byte_and_nothing_are_left_alone() {
        for seed in 0..100 {
            let mut unkind = Unkind::new(seed, []);
            assert_eq!(unkind.receive(SOCKET, 1, b"a"), Fate::Spared);
            assert_eq!(unkind.receive(SOCKET, 0, b"a"), Fate::Spared);
        }
    }

    #[test]
    fn the_first_receive_of_a_trusting_program_is_left_alone_and_only_that() {
        let mut unkind = Unkind::new(5, [1]);
        assert!(unkind.trusts(SOCKET, 1) && !unkind.trusts(SOCKET, 1));
        assert!(unkind.trusts(SOCKET + 1, 1), "of each stream");
        assert!(!unkind.trusts(SOCKET + 2, 0), "of another program");
    }

    #[test]
    fn the_first_send_to_a_trusting_program_is_left_alone_and_only_that() {
        let mut unkind = Unkind::new(5, [1]);
        assert!(unkind.is_trusted(SOCKET, 0) && !unkind.is_trusted(SOCKET, 0));
        assert!(!unkind.is_trusted(SOCKET + 1, 1), "it sends to somebody else");
        assert!(!Unkind::new(5, []).is_trusted(SOCKET, 0), "nobody trusts");
    }

    #[test]
    fn a_big_file_is_not_read_byte_by_byte() {
        let mut unkind = Unkind::new(5, []);
        let cuts =
            (0..10_000).filter(|_| unkind.receive(SOCKET, 65536, &[]) != Fate::Spared).count();
        assert_eq!(cuts, MOST_CUTS as usize);
        assert!((0..100).filter(|_| unkind.breaks_off(SOCKET)).count() <= MOST_BREAKS as usize);
    }

    #[test]
    fn a_send_takes_at_least_one_byte_and_never_all() {
        for seed in 0..100 {
            let mut unkind = Unkind::new(seed, []);
            assert_eq!(unkind.send(SOCKET, 1), None);
            let taken = (0..10).filter_map(|_| unkind.send(SOCKET, 5));
            assert!(taken.into_iter().all(|taken| (1..5).contains(&taken)));
        }
    }
}
