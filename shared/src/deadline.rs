//! 期限：从一个客户端接收，到某个时刻为止。

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::time::Instant;

/// 只读到 `deadline` 为止：之后的 `read` 返回 [`ErrorKind::TimedOut`]，正等着的也不再等。
///
/// 套接字的时限（socket(7) 的 SO_RCVTIMEO）只管一次 read：隔一会儿来一个字节，就永远不会超时。
/// 所以每次读之前都算一算，离期限还剩多少。
#[derive(Debug)]
pub struct DeadlineReader<'a> {
    client: &'a TcpStream,
    deadline: Instant,
}

impl<'a> DeadlineReader<'a> {
    /// 从 `client` 接收，到 `deadline` 为止。`client` 的读时限从此归它管。
    pub fn new(client: &'a TcpStream, deadline: Instant) -> DeadlineReader<'a> {
        DeadlineReader { client, deadline }
    }
}

impl Read for DeadlineReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.client.set_read_timeout(Some(left))?;
        self.client.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::connection;
    use std::io::Write;
    use std::thread;
    use std::time::Duration;

    /// 读到期限为止；返回期限的错误，和读到的字节数。
    fn read_to_deadline(client: &TcpStream, timeout: Duration) -> (io::Error, usize) {
        let deadline = Instant::now() + timeout;
        let mut bytes = Vec::new();
        let error = DeadlineReader::new(client, deadline).read_to_end(&mut bytes).unwrap_err();
        (error, bytes.len())
    }

    #[test]
    fn silence_ends_at_the_deadline() {
        let (silent, server) = connection();
        // 只用来不让坏掉的测试永远挂着；正常时远远等不到
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(600));
            drop(silent);
        });
        let (error, count) = read_to_deadline(&server, Duration::from_millis(50));
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
        assert_eq!(count, 0);
    }

    #[test]
    fn bytes_that_keep_coming_do_not_move_the_deadline() {
        let (mut slow, server) = connection();
        let dripping = thread::spawn(move || {
            // 每个字节都比期限来得早；连接关闭之后就写不出去。次数有限，坏掉的测试也会结束
            for _ in 0..5000 {
                if slow.write_all(b"a").is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        let (_, count) = read_to_deadline(&server, Duration::from_millis(100));
        assert!(count > 0);
        drop(server);
        dripping.join().unwrap();
    }

    #[test]
    fn after_the_deadline_nothing_is_read() {
        let (mut client, server) = connection();
        client.write_all(b"too late").unwrap();
        let (error, count) = read_to_deadline(&server, Duration::ZERO);
        assert_eq!((error.kind(), count), (ErrorKind::TimedOut, 0));
    }
}
