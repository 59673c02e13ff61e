// The loop makes three children; the last has nothing to do.

use crate::support::{kernel, sleep};

pub fn main() {
    let children: Vec<i32> = (0..=2).map(|nth| kernel::child(|| work(nth))).collect();
    for child in children {
        kernel::wait(child);
    }
}

fn work(nth: usize) {
    let Some((verb, what)) = [("敲", "代码"), ("听", "音乐")].get(nth) else { return };
    for i in 1..20 {
        sleep(100);
        println!("正在{verb}第{i}遍{what}");
    }
}
