//! The kernel's own little library in every process (`vdso(7)`), with which a program reads the clock without a system
//! call: from some moment on each look at the clock is a call all the same, and stops the program.

use std::io;
#[cfg(target_arch = "x86_64")]
use std::{fs, ops::Range};

#[cfg(target_arch = "x86_64")]
use nix::errno::Errno;

#[cfg(target_arch = "x86_64")]
use super::memory;

/// The functions that read a clock, and the calls that they stand for.
#[cfg(target_arch = "x86_64")]
const CLOCKS: [(&str, i64); 3] = [
    ("__vdso_clock_gettime", libc::SYS_clock_gettime),
    ("__vdso_gettimeofday", libc::SYS_gettimeofday),
    ("__vdso_time", libc::SYS_time),
];

/// From now on every look of this process at a clock is a system call. The thread is stopped; no other one of the process
/// may be running, since it could be in those functions.
///
/// # Errors
/// The library cannot be found or changed: nobody will see these looks.
#[cfg(target_arch = "x86_64")]
pub fn reveal_looks_at_clocks(tid: i32) -> io::Result<()> {
    let lost = || io::Error::from(io::ErrorKind::NotFound);
    let at = place_of(tid).ok_or_else(lost)?;
    let image = memory::read(tid, at.start, (at.end - at.start) as usize)?;
    for (name, number) in CLOCKS {
        let offset = offset_of(&image, name).ok_or_else(lost)?;
        // mov eax, NUMBER; syscall; ret: the arguments are already where a call has them
        let [a, b, c, d] = (number as u32).to_le_bytes();
        let code = u64::from_le_bytes([0xb8, a, b, c, d, 0x0f, 0x05, 0xc3]);
        // SAFETY: plain system call; the thread is stopped, and the address is one of its own.
        let done = unsafe { libc::ptrace(libc::PTRACE_POKETEXT, tid, at.start + offset, code) };
        Errno::result(done)?;
    }
    Ok(())
}

/// See above; not on this machine.
#[cfg(not(target_arch = "x86_64"))]
pub fn reveal_looks_at_clocks(_: i32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where it lies (`proc_pid_maps(5)`).
#[cfg(target_arch = "x86_64")]
fn place_of(tid: i32) -> Option<Range<u64>> {
    let maps = fs::read_to_string(format!("/proc/{tid}/maps")).ok()?;
    let line = maps.lines().find(|line| line.ends_with("[vdso]"))?;
    let (start, end) = line.split_whitespace().next()?.split_once('-')?;
    Some(u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?)
}

/// Where a function begins in the library's file (`elf(5)`, 64 bits): its segments lie as in the file.
#[cfg(target_arch = "x86_64")]
fn offset_of(image: &[u8], name: &str) -> Option<u64> {
    const SHT_DYNSYM: u64 = 11;
    const SYMBOL: usize = 24;
    let number = |at: usize, length: usize| {
        let bytes = image.get(at..at.checked_add(length)?)?;
        Some(bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    // e_shoff, e_shentsize, e_shnum
    let (sections, size, count) = (number(40, 8)?, number(58, 2)?, number(60, 2)?);
    let section = |index: u64| usize::try_from(sections + index * size).ok();
    let is_symbols = |at: &usize| number(at + 4, 4) == Some(SHT_DYNSYM);
    let symbols = (0..count).filter_map(section).find(is_symbols)?;
    // sh_offset, sh_size, sh_link
    let (start, length) = (number(symbols + 24, 8)? as usize, number(symbols + 32, 8)? as usize);
    let names = number(section(number(symbols + 40, 4)?)? + 24, 8)? as usize;
    (start..start + length).step_by(SYMBOL).find_map(|symbol| {
        let begin = names + number(symbol, 4)? as usize;
        let rest = image.get(begin..)?.strip_prefix(name.as_bytes())?;
        // st_value
        (rest.first() == Some(&0)).then(|| number(symbol + 8, 8)).flatten()
    })
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_our_own_library_are_found() {
        let at = place_of(std::process::id() as i32).unwrap();
        let image = memory::read(std::process::id() as i32, at.start, (at.end - at.start) as usize);
        let image = image.unwrap();
        for (name, _) in CLOCKS {
            assert!(offset_of(&image, name).is_some_and(|offset| offset < at.end - at.start));
        }
        assert_eq!(offset_of(&image, "__vdso_clock"), None, "only the whole name");
    }
}
