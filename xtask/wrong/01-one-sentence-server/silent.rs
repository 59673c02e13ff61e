// Closes the connection without a greeting.

use crate::support::listen;

pub fn main() {
    let (client, from) = listen("127.0.0.1:8888").accept().unwrap();
    drop(client);
    println!("服务器端收到来自{from}的信息:");
}
