// main：lock-taken-twice
use std::env;
use std::sync::Mutex;
use std::thread;

static BASKET: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() {
    let threads: Vec<_> = env::args()
        .skip(1)
        .map(|thing| {
            thread::spawn(move || {
                let mut things = BASKET.lock().unwrap();
                things.push(thing);
                let count = BASKET.lock().unwrap().len();
                println!("放进{}，现在有 {count} 样", things[things.len() - 1]);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("一共 {} 样", BASKET.lock().unwrap().len());
}
