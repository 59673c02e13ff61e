// main：workers-not-wanted
use std::thread;

fn main() {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|word| word.parse().expect("要写数")).collect();
    let (water, tea) = (numbers[0], numbers[1]);
    // 等完一个再创建下一个：印得对，可是用了线程
    thread::spawn(move || repeat("烧水", water)).join().unwrap();
    println!("-----");
    thread::spawn(move || repeat("泡茶", tea)).join().unwrap();
}

fn repeat(what: &str, times: u32) {
    for i in 1..=times {
        println!("{what}第{i}遍");
    }
}
