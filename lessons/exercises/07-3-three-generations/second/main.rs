use std::env;
use std::os::unix::process::parent_id;
use std::process;

use nix::sys::wait::wait;
use nix::unistd::fork;

fn main() {
    let names: Vec<String> = env::args().skip(1).collect();
    generation(&names, true);
}

/// 一代人：先创建下一代，再印自己的，最后等下一代。
fn generation(names: &[String], is_first: bool) {
    let Some((name, younger)) = names.split_first() else { return };
    let has_child = !younger.is_empty();
    // SAFETY: 没有创建过线程
    if has_child && unsafe { fork() }.expect("创建子进程").is_child() {
        return generation(younger, false);
    }
    if is_first {
        println!("{name}是{}", process::id());
    } else {
        println!("{name}是{}，上面是{}", process::id(), parent_id());
    }
    if has_child {
        wait().expect("等下一代");
    }
}
