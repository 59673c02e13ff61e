// cmd: main
// ends: hangs
// cause: 三个工人各拿一个克隆的发送端，都做完丢掉了，但主线程手里原来的 tx 还活着，for r in rx 就等不到通道关闭；循环之前要 drop(tx)。
// lines: main.rs:10（原来的 tx 一直活着）、main.rs:18（等下一个结果）
// not: “有一个工人没有做完”；“工人崩溃了”；“有结果丢了”
use std::sync::mpsc;
use std::thread;

fn main() {
    let (tx, rx) = mpsc::channel();
    let mut workers = Vec::new();
    for id in 1..=3u64 {
        let tx = tx.clone();
        workers.push(thread::spawn(move || {
            tx.send((id, (1..=id * 1000).sum::<u64>())).unwrap();
        }));
    }
    for (id, sum) in rx {
        println!("工人 {id}：{sum}");
    }
    for w in workers {
        w.join().unwrap();
    }
    println!("全部完成");
}
