// RUN: buoy
// KIND: fails
// CAUSE: The station receives each datagram into a buffer of 16 bytes; what does not fit of a UDP datagram is thrown away by the kernel, so the record is cut and the parse of the wave height fails. Make the buffer at least as long as the longest datagram (e.g. 1500 bytes).
// MUST NOT SAY: that the rest comes with the next recv_from, or that the network lost it.
use std::net::UdpSocket;
use std::thread;

fn parse(msg: &str) -> Option<(f32, f32)> {
    let mut temp = None;
    let mut wave = None;
    for field in msg.split(';') {
        match field.split_once('=')? {
            ("temp", v) => temp = v.parse().ok(),
            ("wave", v) => wave = v.parse().ok(),
            _ => {}
        }
    }
    Some((temp?, wave?))
}

fn main() {
    let station = UdpSocket::bind("127.0.0.1:20152").unwrap();
    let buoy = thread::spawn(|| {
        let s = UdpSocket::bind("127.0.0.1:0").unwrap();
        s.send_to(b"id=7;temp=11.5;wave=2.25", "127.0.0.1:20152").unwrap();
    });
    let mut buf = [0u8; 16];
    let (n, _) = station.recv_from(&mut buf).unwrap();
    buoy.join().unwrap();
    let msg = std::str::from_utf8(&buf[..n]).unwrap();
    let (t, w) = parse(msg).expect("bad record");
    println!("temperature {t}, waves {w} m");
}
