// One of the two prints with eprintln!.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(|| {
        for i in 1..20 {
            sleep(100);
            eprintln!("小明 30正在敲第{i}遍代码");
        }
    });
    let second = kernel::child(|| {
        for i in 1..20 {
            sleep(100);
            println!("某只羊 33正在听第{i}遍音乐");
        }
    });
    kernel::wait(first);
    kernel::wait(second);
}
