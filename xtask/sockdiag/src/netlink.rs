//! One question to the kernel over netlink, and its answers (`netlink(7)`).

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::{io, mem};

/// Sends `request`, a whole message with its header, and gives every answer's body to `each`, until the kernel
/// says that it was the last one or that the request is done (`NLM_F_ACK`).
///
/// # Errors
/// The kernel refuses.
pub fn ask(protocol: i32, request: &[u8], mut each: impl FnMut(&[u8])) -> io::Result<()> {
    // SAFETY: plain system call; the descriptor is owned at once.
    let socket = unsafe {
        let fd = libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, protocol);
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(fd)
    };
    // SAFETY: the pointer and length are those of `request`, which lives through the call.
    let sent = unsafe { libc::send(socket.as_raw_fd(), request.as_ptr().cast(), request.len(), 0) };
    if sent < 0 {
        return Err(io::Error::last_os_error());
    }
    let mut buffer = vec![0_u8; 32 * 1024];
    loop {
        // SAFETY: the kernel writes at most `buffer.len()` bytes into `buffer`.
        let length =
            unsafe { libc::recv(socket.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
        if length < 0 {
            return Err(io::Error::last_os_error());
        }
        if read_messages(&buffer[..length as usize], &mut each)? {
            return Ok(());
        }
    }
}

/// Reads one datagram of netlink messages; `true`: the answer is complete.
fn read_messages(mut bytes: &[u8], each: &mut impl FnMut(&[u8])) -> io::Result<bool> {
    let header_size = mem::size_of::<libc::nlmsghdr>();
    while bytes.len() >= header_size {
        // SAFETY: enough bytes are there, and any bytes are a valid header.
        let header: libc::nlmsghdr =
            unsafe { bytes.as_ptr().cast::<libc::nlmsghdr>().read_unaligned() };
        let length = header.nlmsg_len as usize;
        if length < header_size || length > bytes.len() {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let body = &bytes[header_size..length];
        match i32::from(header.nlmsg_type) {
            libc::NLMSG_DONE => return Ok(true),
            libc::NLMSG_ERROR => {
                let code = body
                    .get(..4)
                    .map_or(0, |code| i32::from_ne_bytes([code[0], code[1], code[2], code[3]]));
                return match code {
                    0 => Ok(true),
                    code => Err(io::Error::from_raw_os_error(-code)),
                };
            }
            _ => each(body),
        }
        // messages are aligned to four bytes (netlink(3), NLMSG_ALIGN)
        bytes = &bytes[length.next_multiple_of(4).min(bytes.len())..];
    }
    Ok(false)
}

/// The value of the first attribute of this kind among those behind a reply (`netlink(7)`, `struct nlattr`).
pub fn attribute(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    while bytes.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([bytes[0], bytes[1]]));
        let kind = u16::from_ne_bytes([bytes[2], bytes[3]]);
        if length < 4 || length > bytes.len() {
            return None;
        }
        if kind == wanted {
            return Some(&bytes[4..length]);
        }
        bytes = &bytes[length.next_multiple_of(4).min(bytes.len())..];
    }
    None
}
