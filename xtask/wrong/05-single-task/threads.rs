// Does its two works in threads.

pub fn main() {
    let first = std::thread::spawn(|| print!("{}", "hello world\n".repeat(1_000_000)));
    first.join().unwrap();
    println!("-----------------------");
    println!("hello python\nhello python");
}
