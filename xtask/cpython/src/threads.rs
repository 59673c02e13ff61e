//! Which thread of the kernel one of Python's is.
//!
//! Python knows a thread by what pthread_self(3) gives: with glibc and musl the address of the C library's own record of
//! it, in which the library keeps the kernel's number. (Since 3.11 Python keeps that number too, but not up to date in the
//! child of a fork.)

use std::collections::BTreeSet;
use std::fs;

use crate::Memory;

/// Where the number is in that record: of glibc, of musl.
const PLACES: [u64; 2] = if cfg!(target_arch = "aarch64") { [208, 32] } else { [720, 48] };

/// For each of these threads of Python that of the kernel; `tid` is one of their process.
pub fn tids(tid: i32, pthreads: &[u64], memory: &dyn Memory) -> Vec<Option<i32>> {
    let alive = fs::read_dir(format!("/proc/{tid}/task")).into_iter().flatten().flatten();
    let alive = alive.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    tids_among(&alive.collect(), pthreads, memory)
}

/// The place is right where the records have numbers of living threads, and no two the same. A thread that has just ended
/// may have none any more.
fn tids_among(alive: &BTreeSet<i32>, pthreads: &[u64], memory: &dyn Memory) -> Vec<Option<i32>> {
    let at = |place: u64| {
        let number = |pthread: &u64| {
            let bytes = memory.read(pthread.wrapping_add(place), 4)?;
            Some(i32::from_ne_bytes(bytes.try_into().ok()?)).filter(|tid| alive.contains(tid))
        };
        pthreads.iter().map(number).collect::<Vec<_>>()
    };
    let is_clear = |tids: &Vec<Option<i32>>| {
        let known: Vec<i32> = tids.iter().flatten().copied().collect();
        !known.is_empty() && known.iter().collect::<BTreeSet<_>>().len() == known.len()
    };
    let found = PLACES.into_iter().map(at).find(is_clear);
    found.unwrap_or_else(|| vec![None; pthreads.len()])
}

#[cfg(test)]
mod unit {
    use super::*;

    /// Words of four bytes, by address.
    struct Words(Vec<(u64, i32)>);

    impl Memory for Words {
        fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
            let (_, word) = self.0.iter().find(|(at, _)| *at == address)?;
            (length == 4).then(|| word.to_ne_bytes().to_vec())
        }
    }

    #[test]
    fn only_a_place_with_living_threads_is_believed() {
        let alive = BTreeSet::from([7, 8, 9]);
        let [first, second] = PLACES;
        let tids =
            |words: &[(u64, i32)]| tids_among(&alive, &[1000, 5000, 9000], &Words(words.to_vec()));
        let right = [(1000 + first, 7), (5000 + first, 9), (9000 + first, 1234)];
        assert_eq!(tids(&right), [Some(7), Some(9), None]);
        let other = [(1000 + first, 7), (5000 + first, 7), (9000 + second, 8)];
        assert_eq!(tids(&other), [None, None, Some(8)]);
        assert_eq!(tids(&[(1000 + first, 3)]), [None; 3]);
    }
}
