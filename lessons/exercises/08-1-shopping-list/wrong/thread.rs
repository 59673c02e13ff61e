// main：threads-for-processes
use std::env;
use std::sync::Mutex;
use std::thread;

fn main() {
    let list: Mutex<Vec<String>> = Mutex::new(Vec::new());
    for thing in env::args().skip(1) {
        list.lock().unwrap().push(thing);
    }
    thread::scope(|scope| {
        scope.spawn(|| println!("子进程要买:{}", list.lock().unwrap().join("、")));
    });
    println!("买好了");
}
