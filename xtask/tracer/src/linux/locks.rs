//! Which lock a thread waits for, and who has it: only where its stack names the function that waits for it, and the memory
//! of the lock is known to say so.

use events::Frame;

use super::memory;

/// The lock of a thread in `futex(2)`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lock {
    /// Its address.
    pub address: Option<u64>,
    /// The thread that has it.
    pub owner: Option<i32>,
}

/// What a lock says that is taken and waited for (glibc and std alike).
const CONTENDED: u32 = 2;

/// What somebody waits at who waits for a mutex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutex {
    /// At the mutex itself (std, glibc).
    AtItsWord,
    /// At a word of his own (parking_lot).
    AtOwnWords,
}

impl Mutex {
    /// Of a thread that waits as long as the word has this value, in these functions.
    pub fn of(value: u32, frames: &[Frame], library: &str) -> Option<Mutex> {
        let name = waits_in(frames)?.function.as_str();
        let of_glibc = is_glibc(library) && is_glibc_lock(name);
        if value == CONTENDED && (of_glibc || is_std_mutex(name)) {
            return Some(Mutex::AtItsWord);
        }
        is_in_parking_lot(frames).then_some(Mutex::AtOwnWords)
    }
}

/// The innermost function that does not only wait, for whomever.
fn waits_in(frames: &[Frame]) -> Option<&Frame> {
    let waits = |frame: &&Frame| {
        let name = frame.function.as_str();
        name == "syscall" || name.contains("futex_wait") || name.ends_with("lll_lock_wait")
    };
    frames.iter().find(|frame| !waits(frame))
}

fn is_glibc_lock(name: &str) -> bool {
    name.trim_start_matches('_') == "pthread_mutex_lock"
}

fn is_std_mutex(name: &str) -> bool {
    let is_std = name.starts_with("std::") && name.contains("futex");
    is_std && name.ends_with("lock_contended") && name.contains("mutex")
}

fn is_in_parking_lot(frames: &[Frame]) -> bool {
    let mut inside = frames.iter().take_while(|frame| !frame.own);
    inside.any(|frame| is_parking_lot(&frame.function))
}

impl Lock {
    /// Of a thread that waits on a word, in these functions, the innermost of which is part of `library`.
    pub fn of(tid: i32, word: u64, value: Option<u32>, frames: &[Frame], library: &str) -> Lock {
        let Some(innermost) = waits_in(frames) else { return Lock::default() };
        let name = innermost.function.as_str();
        let is_contended = value == Some(CONTENDED);
        if is_contended && is_glibc(library) && is_glibc_lock(name) {
            return Lock { address: Some(word), owner: glibc_owner(tid, word) };
        }
        let is_std = name.starts_with("std::") && name.contains("futex");
        // of a lock for readers and writers, the writers wait on another word
        if is_contended && is_std_mutex(name) || is_std && name.ends_with("read_contended") {
            return Lock { address: Some(word), owner: None };
        }
        if is_in_parking_lot(frames) {
            return Lock { address: key_of_parked(tid, word), owner: None };
        }
        Lock::default()
    }
}

fn is_glibc(library: &str) -> bool {
    let file = library.rsplit('/').next().unwrap_or_default();
    // the latter two before 2.34
    ["libc.so.6", "libc-2.", "libpthread"].iter().any(|name| file.starts_with(name))
}

fn is_parking_lot(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    name.starts_with("parking_lot::raw_mutex") && name.ends_with("lock_slow")
}

/// `__owner` of `struct __pthread_mutex_s` (glibc, sysdeps/nptl/bits/struct_mutex.h): the third of its ints, of which the
/// first is the word that is waited on. It is a number of the thread's own namespace.
fn glibc_owner(tid: i32, word: u64) -> Option<i32> {
    const OWNER: u64 = 8;
    let namespace = |who: &str| std::fs::read_link(format!("/proc/{who}/ns/pid")).ok();
    if namespace(&tid.to_string()) != namespace("self") {
        return None;
    }
    let owner = memory::read_u32(tid, word + OWNER).ok()?;
    i32::try_from(owner).ok().filter(|owner| *owner != 0)
}

/// The mutex that a thread of `parking_lot` waits for. The thread waits on a word of its own; next to that it keeps the
/// address of the lock (`ThreadData::key` in `parking_lot_core`), where exactly is up to the compiler. So what is around is
/// searched for addresses of something that is taken and waited for. The right one is always among them: if there is but
/// one, it is that. (With the crate's feature `deadlock_detection` it may lie further away; then nothing else there is such
/// an address.)
fn key_of_parked(tid: i32, word: u64) -> Option<u64> {
    /// `ThreadData` is not larger: four words, an int and a flag.
    const AROUND: u64 = 40;
    /// `LOCKED_BIT | PARKED_BIT` of `parking_lot::RawMutex`.
    const TAKEN: u8 = 0b11;
    let start = (word & !7).saturating_sub(AROUND);
    // its memory may begin or end near
    let words = (start..start + 2 * AROUND).step_by(8);
    let addresses = words.filter_map(|at| memory::read_u64(tid, at).ok());
    let mut found: Vec<u64> = addresses
        .filter(|address| *address != 0)
        .filter(|address| memory::read(tid, *address, 1).is_ok_and(|byte| byte == [TAKEN]))
        .collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [lock] => Some(*lock),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use events::Language;

    use super::*;

    fn own_tid() -> i32 {
        // SAFETY: plain system call.
        unsafe { libc::gettid() }
    }

    fn frames(names: &[&str]) -> Vec<Frame> {
        let frame = |name: &&str| Frame {
            function: (*name).to_owned(),
            file: None,
            line: None,
            own: false,
            language: Language::Native,
            source: None,
        };
        names.iter().map(frame).collect()
    }

    #[test]
    fn only_a_lock_that_is_known_says_who_has_it() {
        // __lock, __count, __owner
        let mutex = [2_u32, 0, 4711, 1];
        let word = mutex.as_ptr() as u64;
        let of = |value, names: &[&str], library| {
            Lock::of(own_tid(), word, value, &frames(names), library)
        };
        let known = Lock { address: Some(word), owner: Some(4711) };
        let libc = "/lib/x86_64-linux-gnu/libc.so.6";
        assert_eq!(of(Some(2), &["pthread_mutex_lock"], libc), known);
        assert_eq!(of(Some(2), &["__lll_lock_wait", "___pthread_mutex_lock"], libc), known);
        for (value, name, library) in [
            // about to be given
            (Some(0), "pthread_mutex_lock", libc),
            (Some(2), "pthread_cond_wait", libc),
            (Some(2), "pthread_mutex_lock", "/lib/ld-musl-x86_64.so.1"),
            (Some(2), "pthread_mutex_lock", "/home/me/program"),
        ] {
            assert_eq!(of(value, &[name], library), Lock::default(), "{name} in {library}");
        }
    }

    #[test]
    fn a_lock_of_the_standard_library_says_which_it_is_only() {
        let of = |value, name| Lock::of(own_tid(), 64, value, &frames(&["syscall", name]), "");
        let known = Lock { address: Some(64), owner: None };
        assert_eq!(of(Some(2), "std::sys::sync::mutex::futex::Mutex::lock_contended"), known);
        assert_eq!(of(Some(9), "std::sys::sync::rwlock::futex::RwLock::read_contended"), known);
        for (value, name) in [
            (Some(1), "std::sys::sync::mutex::futex::Mutex::lock_contended"),
            (Some(2), "std::sys::sync::rwlock::futex::RwLock::write_contended"),
            (Some(2), "std::sys::sync::condvar::futex::Condvar::wait_optional_timeout"),
        ] {
            assert_eq!(of(value, name), Lock::default(), "{name}");
        }
    }

    #[test]
    fn only_a_mutex_is_given_back_by_one_who_has_had_it() {
        let of = |value, names: &[&str]| Mutex::of(value, &frames(names), "/lib/libc.so.6");
        let std = "std::sys::sync::mutex::futex::Mutex::lock_contended";
        assert_eq!(of(2, &["syscall", std]), Some(Mutex::AtItsWord));
        assert_eq!(of(2, &["__lll_lock_wait", "pthread_mutex_lock"]), Some(Mutex::AtItsWord));
        let parking = [
            "syscall",
            "parking_lot_core::thread_parker",
            "parking_lot::raw_mutex::RawMutex::lock_slow",
        ];
        assert_eq!(of(1, &parking), Some(Mutex::AtOwnWords));
        for name in [
            "std::sys::sync::rwlock::futex::RwLock::read_contended",
            "std::sys::sync::condvar::futex::Condvar::wait_optional_timeout",
            "pthread_cond_wait",
            "parking_lot::condvar::Condvar::wait_until_internal",
        ] {
            assert_eq!(of(2, &["syscall", name]), None, "{name}");
        }
    }

    #[test]
    fn the_lock_of_a_parked_thread_is_known_where_it_can_be_but_one() {
        let (lock, other, free) = (Box::new([3_u8; 1]), Box::new([3_u8; 1]), Box::new([1_u8; 1]));
        let address = |byte: &[u8; 1]| byte.as_ptr() as u64;
        let mut data = [0_u64; 128];
        data[60] = address(&lock);
        data[61] = address(&free);
        data[62] = 0xfff;
        // too far away to belong to it
        data[74] = address(&other);
        // the word is that in the middle
        let key = |data: &[u64; 128]| key_of_parked(own_tid(), data[64..].as_ptr() as u64);
        assert_eq!(key(&data), Some(address(&lock)));
        data[66] = address(&lock);
        assert_eq!(key(&data), Some(address(&lock)), "twice the same");
        data[65] = address(&other);
        assert_eq!(key(&data), None);
    }
}
