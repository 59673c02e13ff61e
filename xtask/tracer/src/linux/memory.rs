//! Reading and writing the memory of a traced process (`process_vm_readv(2)`).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::Pid;

/// A whole value's worth of bytes; fewer are an error.
pub fn read(tid: i32, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let bytes = read_some(tid, address, length)?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// As many bytes as are there, up to `length`.
pub fn read_some(tid: i32, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let remote = [RemoteIoVec { base: address as usize, len: length }];
    let read =
        process_vm_readv(Pid::from_raw(tid), &mut [io::IoSliceMut::new(&mut bytes)], &remote)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Writes all of `bytes`.
pub fn write(tid: i32, address: u64, bytes: &[u8]) -> io::Result<()> {
    let remote = [RemoteIoVec { base: address as usize, len: bytes.len() }];
    let written = process_vm_writev(Pid::from_raw(tid), &[io::IoSlice::new(bytes)], &remote)?;
    if written == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

pub fn read_u64(tid: i32, address: u64) -> io::Result<u64> {
    let bytes = read(tid, address, 8)?;
    Ok(u64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
}

pub fn read_u32(tid: i32, address: u64) -> io::Result<u32> {
    let bytes = read(tid, address, 4)?;
    Ok(u32::from_ne_bytes(bytes.try_into().unwrap_or_default()))
}

/// A text that ends in a zero byte.
pub fn read_text(tid: i32, address: u64) -> io::Result<String> {
    /// `PATH_MAX` of limits.h.
    const MOST: usize = 4096;
    // not across a page that may not be there: page by page
    let mut text = Vec::new();
    while text.len() < MOST {
        let at = address + text.len() as u64;
        let to_the_end = 4096 - (at % 4096) as usize;
        let part = read_some(tid, at, to_the_end)?;
        if let Some(end) = part.iter().position(|byte| *byte == 0) {
            text.extend_from_slice(&part[..end]);
            break;
        }
        if part.is_empty() {
            break;
        }
        text.extend_from_slice(&part);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A `struct timespec` of 64-bit machines; one that the kernel does not take is an error.
pub fn read_timespec(tid: i32, address: u64) -> io::Result<Duration> {
    let seconds = read_u64(tid, address)? as i64;
    let nanos = read_u64(tid, address + 8)? as i64;
    duration(seconds, nanos)
}

/// A `struct timeval` of 64-bit machines.
pub fn read_timeval(tid: i32, address: u64) -> io::Result<Duration> {
    let seconds = read_u64(tid, address)? as i64;
    let micros = read_u64(tid, address + 8)? as i64;
    duration(seconds, micros.saturating_mul(1000))
}

fn duration(seconds: i64, nanos: i64) -> io::Result<Duration> {
    let invalid = |_| io::Error::from(io::ErrorKind::InvalidInput);
    let seconds = u64::try_from(seconds).map_err(invalid)?.min(u64::from(u32::MAX) * 64);
    let nanos = u32::try_from(nanos).map_err(invalid)?;
    if nanos >= 1_000_000_000 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(Duration::new(seconds, nanos))
}

pub fn write_timespec(tid: i32, address: u64, time: Duration) -> io::Result<()> {
    let mut bytes = time.as_secs().to_ne_bytes().to_vec();
    bytes.extend(u64::from(time.subsec_nanos()).to_ne_bytes());
    write(tid, address, &bytes)
}

pub fn write_timeval(tid: i32, address: u64, time: Duration) -> io::Result<()> {
    let mut bytes = time.as_secs().to_ne_bytes().to_vec();
    bytes.extend(u64::from(time.subsec_micros()).to_ne_bytes());
    write(tid, address, &bytes)
}

/// A `struct sockaddr` (`ip(7)`, `ipv6(7)`); `None`: another family.
pub fn read_address(tid: i32, address: u64, length: usize) -> Option<SocketAddr> {
    if address == 0 || length < 2 {
        return None;
    }
    decode_address(&read_some(tid, address, length.min(128)).ok()?)
}

/// The name in a `struct sockaddr_un`.
pub fn read_local_name(tid: i32, address: u64, length: usize) -> Option<Vec<u8>> {
    if address == 0 || length < 3 {
        return None;
    }
    local_name(&read_some(tid, address, length.min(110)).ok()?)
}

/// The same from bytes that we have: a path goes to its zero byte, an abstract name begins with one.
pub fn local_name(bytes: &[u8]) -> Option<Vec<u8>> {
    let family = i32::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
    let name = bytes.get(2..).filter(|name| family == libc::AF_UNIX && !name.is_empty())?;
    let end = match name.first() {
        Some(0) => name.len(),
        _ => name.iter().position(|byte| *byte == 0).unwrap_or(name.len()),
    };
    Some(name[..end].to_vec())
}

/// A network address from bytes that we have.
pub fn decode_address(bytes: &[u8]) -> Option<SocketAddr> {
    let family = i32::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
    let port = u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?);
    let ip: IpAddr = match family {
        libc::AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(bytes.get(4..8)?).ok()?).into(),
        libc::AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(bytes.get(8..24)?).ok()?).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// At most so many parts of a scattered buffer are looked at (`UIO_MAXIOV`).
const MOST_PARTS: usize = 1024;

/// The parts of a `struct iovec` array (`readv(2)`): address and length.
pub fn read_parts(tid: i32, address: u64, count: usize) -> io::Result<Vec<(u64, u64)>> {
    let bytes = read(tid, address, count.min(MOST_PARTS) * 16)?;
    let number = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
    Ok(bytes.chunks_exact(16).map(|part| (number(&part[..8]), number(&part[8..]))).collect())
}

/// The first `length` bytes of a scattered buffer.
pub fn gather(tid: i32, parts: &[(u64, u64)], length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (address, size) in parts {
        let wanted = (length - bytes.len()).min(*size as usize);
        if wanted == 0 {
            continue;
        }
        match read_some(tid, *address, wanted) {
            Ok(part) => bytes.extend(part),
            Err(_) => break,
        }
    }
    bytes
}

/// `AT_SYSINFO_EHDR` of getauxval(3): where the kernel's own little library lies, with which a program reads the
/// clock without a system call.
const AT_SYSINFO_EHDR: u64 = 33;
const AT_IGNORE: u64 = 1;

/// Right after `execve(2)`: hides that library, so that every look at the clock is a system call.
pub fn hide_clock_library(tid: i32, stack: u64) -> io::Result<()> {
    // argc, argv.., 0, envp.., 0, auxv (elf(5), and the System V ABI of the machine)
    let argc = read_u64(tid, stack)?;
    let mut at = stack + 8 * (argc + 2);
    while read_u64(tid, at)? != 0 {
        at += 8;
    }
    at += 8;
    loop {
        match read_u64(tid, at)? {
            0 => return Ok(()),
            AT_SYSINFO_EHDR => return write(tid, at, &AT_IGNORE.to_ne_bytes()),
            _ => at += 16,
        }
    }
}
