// cmd: main
// ends: ends
// cause: main 起了五个线程就返回，没有 join；main 一返回整个进程就结束，线程还在睡，一个“下载完”也没有打印。要留住 JoinHandle，最后逐个 join。
// lines: main.rs:16（起了不管）、main.rs:19（main 的结尾）
// not: “线程 panic 了”；“程序卡住了”；“线程没有被创建”
use std::thread;
use std::time::Duration;

fn download(n: u32) {
    thread::sleep(Duration::from_secs(2 + u64::from(n)));
    println!("第 {n} 个下载完");
}

fn main() {
    for n in 0..5 {
        thread::spawn(move || download(n));
    }
    println!("开始了五个下载");
}
