// fork in a loop that children do not leave.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut children = Vec::new();
    for work in [coding as fn(), music] {
        match unsafe { kernel::fork() } {
            0 => work(),
            pid => children.push(pid),
        }
    }
    children.into_iter().for_each(kernel::wait);
}

fn coding() {
    for i in 1..20 {
        sleep(100);
        println!("正在敲第{i}遍代码");
    }
}

fn music() {
    for i in 1..20 {
        sleep(100);
        println!("正在听第{i}遍音乐");
    }
}
