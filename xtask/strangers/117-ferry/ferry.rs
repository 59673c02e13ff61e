// RUN: ferry , car
// KIND: healthy
// CAUSE: ferry.rs sleeps two seconds before it binds; car.rs is refused several times and retries every 300 ms until it gets aboard. Both end with exit code 0.
// MUST NOT SAY: that the ferry uses another port or that the car's loop never ends.
use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    println!("ferry is still on the other shore");
    std::thread::sleep(Duration::from_secs(2));
    let pier = TcpListener::bind("127.0.0.1:20157")?;
    println!("ferry has landed");
    let (mut car, _) = pier.accept()?;
    car.write_all(b"deck 2, lane 4")?;
    Ok(())
}
