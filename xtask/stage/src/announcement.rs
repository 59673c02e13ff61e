//! What a server of the course says on its standard error as soon as it listens.
//!
//! That is a contract, not a message of ours: `announce` of the crate `shared` promises every lesson's first line, and
//! the scripts demand it. It decides only where the kernel does not tell who listens where.

use std::net::SocketAddrV4;

/// How the line begins; the real address comes behind it, also where port 0 was asked for.
pub const LISTENS_AT: &str = "正在监听 ";

/// The address in such a line; `None`: it is another line, or the address is none of IPv4.
pub fn announced(line: &str) -> Option<SocketAddrV4> {
    line.strip_prefix(LISTENS_AT)?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_begins_with_it_announces_an_address() {
        let address = "127.0.0.1:8888".parse().ok();
        assert_eq!(announced("正在监听 127.0.0.1:8888"), address);
        assert_eq!(announced("正在监听 127.0.0.1:8888 好"), address);
        assert_eq!(announced("我正在监听 127.0.0.1:8888"), None);
        assert_eq!(announced("正在监听 [::1]:8888"), None);
        assert_eq!(announced("正在监听"), None);
    }
}
