//! The bytes of a prepared file that has no other content (准备 a = 3000 字节).

use std::io::{self, Read};

/// Bytes that look like those of a picture: no pattern that a lost, doubled or stale block would hide in.
pub fn noise(size: u64) -> impl Read {
    Noise::new(size ^ 0x9e37_79b9_7f4a_7c15).take(size)
}

/// Eight random bytes, then a random block, the same again and again: quick to make, also without optimisation. The
/// length of the two is prime, so that no buffer is a multiple of it.
struct Noise {
    state: u64,
    block: [u8; Noise::LENGTH],
    /// How many bytes of `block` have been given away.
    given: usize,
}

impl Noise {
    const LENGTH: usize = 4093;

    fn new(state: u64) -> Noise {
        let mut noise = Noise { state, block: [0; Noise::LENGTH], given: Noise::LENGTH };
        for at in (0..Noise::LENGTH).step_by(8) {
            let word = noise.next();
            let length = word.len().min(Noise::LENGTH - at);
            noise.block[at..at + length].copy_from_slice(&word[..length]);
        }
        noise
    }

    /// xorshift64 (Marsaglia, 2003).
    fn next(&mut self) -> [u8; 8] {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.to_le_bytes()
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == Noise::LENGTH {
            let word = self.next();
            self.block[..word.len()].copy_from_slice(&word);
            self.given = 0;
        }
        let length = buffer.len().min(Noise::LENGTH - self.given);
        buffer[..length].copy_from_slice(&self.block[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn prepared_bytes_have_their_size_and_differ_from_size_to_size() {
        let read = |size| {
            let mut all = Vec::new();
            noise(size).read_to_end(&mut all).unwrap();
            all
        };
        assert_eq!(read(3_000_017).len(), 3_000_017);
        assert_eq!(read(1024), read(1024));
        let all = read(100_000);
        let blocks: BTreeSet<&[u8]> = all.chunks(1024).collect();
        assert_eq!(blocks.len(), all.len().div_ceil(1024), "no two blocks are equal");
        assert_ne!(read(1025)[..1024], read(1024)[..]);
    }
}
