// RUN: nap
// KIND: healthy
// CAUSE: main polls the child with try_wait every 250 ms; the child (`sleep 3`) ends by itself and is reaped by try_wait, the loop ends and the exit status is success.
// MUST NOT SAY: that the child is a zombie or hangs, or that the loop spins for ever.
use std::process::{Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut kid = Command::new("sleep").arg("3").spawn().expect("spawn");
    let limit = Instant::now() + Duration::from_secs(20);
    let mut looks = 0;
    loop {
        match kid.try_wait() {
            Ok(Some(status)) => {
                println!("after {looks} looks: {status}");
                return if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            }
            Ok(None) if Instant::now() > limit => {
                let _ = kid.kill();
                let _ = kid.wait();
                return ExitCode::FAILURE;
            }
            Ok(None) => looks += 1,
            Err(e) => panic!("{e}"),
        }
        sleep(Duration::from_millis(250));
    }
}
