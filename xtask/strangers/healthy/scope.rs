use std::thread;

fn main() {
    let data: Vec<u64> = (1..=100_000).collect();
    let sums: Vec<u64> = thread::scope(|s| {
        let parts: Vec<_> = data.chunks(25_000).map(|c| s.spawn(move || c.iter().sum())).collect();
        parts.into_iter().map(|p| p.join().unwrap()).collect()
    });
    println!("{sums:?} {}", sums.iter().sum::<u64>());
}
