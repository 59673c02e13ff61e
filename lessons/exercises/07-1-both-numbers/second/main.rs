use std::os::unix::process::parent_id;
use std::process;

use nix::sys::wait::wait;
use nix::unistd::fork;

fn main() {
    // 创建之前记下自己的编号：在父进程里，它一直是对的
    let before = process::id();
    // SAFETY: 没有创建过线程
    let result = unsafe { fork() }.expect("创建子进程");
    if result.is_child() {
        println!("子:{} 父:{}", process::id(), parent_id());
        return;
    }
    // 只有一个子进程：等到的就是它
    let status = wait().expect("等子进程");
    let child = status.pid().expect("它结束了");
    println!("父:{before} 子:{child}");
}
