// main：text
use std::env;
use std::io;
use std::process;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let list: Arc<Mutex<Vec<String>>> = Arc::new(Mutex::new(Vec::new()));

    match unsafe { fork() }? {
        ForkResult::Child => {
            sleep(Duration::from_secs(1));
            println!("子进程要买:{}", list.lock().unwrap().join("、"));
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            for thing in env::args().skip(1) {
                list.lock().unwrap().push(thing);
            }
            waitpid(child, None)?;
            println!("买好了");
        }
    }
    Ok(())
}
