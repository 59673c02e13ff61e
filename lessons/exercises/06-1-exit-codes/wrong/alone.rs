// main：children-never-started
use std::thread::sleep;
use std::time::Duration;

fn main() {
    for word in std::env::args().skip(1) {
        let count = word.chars().count();
        sleep(Duration::from_millis(100) * count as u32);
        println!("{word}:{count}");
    }
}
