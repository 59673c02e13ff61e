//! What came on a connection, as far as its bytes were seen, and whether others are a part of it.

use events::Data;

/// So many bytes that are the same where a receive began are no coincidence.
const TELLING: usize = 4;

/// So many are none anywhere else: behind a header, say, that came with them.
const TELLING_ANYWHERE: usize = 16;

/// The bytes that came on a connection until now.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Those that were seen, one behind the other.
    seen: Vec<u8>,
    /// Where in them a receive began.
    begins: Vec<usize>,
    /// Where in them others are missing: of a long receive only the beginning is told.
    gaps: Vec<usize>,
    total: u64,
}

impl Carried {
    /// These came, too.
    pub fn add(&mut self, data: &Data, bytes: u64) {
        let known = known(data);
        self.begins.push(self.seen.len());
        self.seen.extend_from_slice(known);
        if (known.len() as u64) < bytes {
            self.gaps.push(self.seen.len());
        }
        self.total += bytes;
    }

    /// Nothing came.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// All that is known of some bytes that were written is the same as what came, and nothing else was written with it.
    pub fn holds(&self, written: &Data) -> bool {
        let known = known(written);
        if known.is_empty() || written.bytes > self.total {
            return false;
        }
        let is_all = written.bytes == self.total;
        let at_begins = self.begins.iter().any(|&at| {
            let alike = self.alike(at, known, written.bytes);
            alike >= TELLING || (is_all && at == 0 && alike == known.len())
        });
        at_begins
            || (0..self.seen.len())
                .any(|at| self.alike(at, known, written.bytes) >= TELLING_ANYWHERE)
    }

    /// How many of these bytes, of which there are `bytes`, are the same as those that came from there on: as many as can be
    /// compared, or 0.
    fn alike(&self, at: usize, known: &[u8], bytes: u64) -> usize {
        let gap = self.gaps[self.gaps.partition_point(|&gap| gap <= at)..].first();
        let came = &self.seen[at..gap.copied().unwrap_or(self.seen.len())];
        let shorter = came.len().min(known.len());
        let has_more = gap.is_none() && bytes > came.len() as u64;
        if has_more || came[..shorter] != known[..shorter] { 0 } else { shorter }
    }
}

/// The first of the bytes, as they are.
fn known(data: &Data) -> &[u8] {
    if data.binary { &data.head } else { data.text.as_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(parts: &[&[u8]]) -> Carried {
        let mut all = Carried::default();
        for part in parts {
            all.add(&Data::new(part, part.len() as u64), part.len() as u64);
        }
        all
    }

    fn holds(carried: &Carried, written: &[u8]) -> bool {
        carried.holds(&Data::new(written, written.len() as u64))
    }

    #[test]
    fn a_part_of_what_came_is_known_again() {
        let text = "吃葡萄不吐葡萄皮".repeat(10);
        let bytes = text.as_bytes();
        for size in [1, 2, 3, 7, 100, bytes.len()] {
            let parts: Vec<&[u8]> = bytes.chunks(size).collect();
            assert!(holds(&came(&parts), bytes), "all of it, in parts of {size}");
            assert!(holds(&came(&parts), &bytes[..90]), "its beginning, in parts of {size}");
        }
        assert!(holds(&came(&[b"my.txt\n and then the words"]), b" and then the words"));
        assert!(holds(&came(&[b"hi"]), b"hi"));
        // of a long part only the beginning is seen
        let long = [7u8, 0, 200, 5].repeat(500);
        assert!(holds(&came(&[&long[..1000], &long[1000..]]), &long));
    }

    #[test]
    fn what_is_written_about_it_is_no_part() {
        assert!(!holds(&came(&[b"hello"]), b"hello: stored\n"));
        assert!(!holds(&came(&[b"hello.txt\nand more"]), b"hello.txt stored"));
        assert!(!holds(&came(&[b"hello"]), "收到 5 字节".as_bytes()));
        assert!(!holds(&came(&[b"my.txt"]), b"txt"));
        assert!(!holds(&came(&[]), b"hello"));
        assert!(!holds(&came(&[b"hello"]), b""));
    }
}
