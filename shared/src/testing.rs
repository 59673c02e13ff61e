//! 几个模块的测试共用。

use std::net::{TcpListener, TcpStream};

/// 一条连接的两头：客户端的，服务器端的。
pub fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}
