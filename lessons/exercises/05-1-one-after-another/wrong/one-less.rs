// main：missing
fn main() {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|word| word.parse().expect("要写数")).collect();
    repeat("烧水", numbers[0]);
    println!("-----");
    repeat("泡茶", numbers[1]);
}

fn repeat(what: &str, times: u32) {
    // 1..times 不包括 times
    for i in 1..times {
        println!("{what}第{i}遍");
    }
}
