//! What a server of the course says on its standard error as soon as it listens.
//!
//! That is a contract, not a message of ours: `announce` of the crate `shared` promises every lesson's first line, and
//! the scripts demand it. It decides only where the kernel does not tell who listens where.

use events::Endpoint;

/// How the line begins; the real address comes behind it, also where port 0 was asked for.
pub const LISTENS_AT: &str = "正在监听 ";

/// How the line of one that takes datagrams begins: nobody listens in UDP.
pub const HEARS_AT: &str = "正在等待数据报 ";

/// The address in such a line; `None`: it is another line.
pub fn announced(line: &str) -> Option<Endpoint> {
    let tcp = line.strip_prefix(LISTENS_AT).map(|rest| (rest, Endpoint::tcp as fn(_) -> _));
    let udp = || line.strip_prefix(HEARS_AT).map(|rest| (rest, Endpoint::udp as fn(_) -> _));
    let (rest, is) = tcp.or_else(udp)?;
    rest.split_whitespace().next()?.parse().ok().map(is)
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
        assert_eq!(announced("正在监听 [::1]:8888"), "[::1]:8888".parse().ok());
        assert_eq!(announced("正在等待数据报 127.0.0.1:8888"), "UDP 127.0.0.1:8888".parse().ok());
        assert_eq!(announced("正在监听"), None);
    }
}
