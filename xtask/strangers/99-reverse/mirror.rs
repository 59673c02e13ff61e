// RUN: mirror , face
// KIND: hangs
// CAUSE: face.rs drops only a try_clone of its stream and takes that for closing; the original handle keeps the connection open in both directions, so the mirror's read_to_end never sees the end and never answers. face.rs must call stream.shutdown(Shutdown::Write) in place of drop(writer).
// MUST NOT SAY: that the client's data is unflushed (TcpStream has no buffer).
use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let door = TcpListener::bind(("127.0.0.1", 20139)).expect("bind");
    for conn in door.incoming().take(1) {
        let mut conn = conn.expect("accept");
        let mut all = Vec::new();
        conn.read_to_end(&mut all).expect("read");
        all.reverse();
        conn.write_all(&all).expect("write");
        println!("mirrored {} bytes", all.len());
    }
}
