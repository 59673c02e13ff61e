// Right: starts itself twice with an argument that says what to do.

use std::env;
use std::process::{Child, Command};

use crate::support::sleep;

pub fn main() {
    match env::args().nth(1).as_deref() {
        Some("coding") => repeat("正在敲第", "遍代码"),
        Some("music") => repeat("正在听第", "遍音乐"),
        _ => start_both(),
    }
}

fn start_both() {
    let itself = env::current_exe().unwrap();
    let start = |what: &str| Command::new(&itself).arg(what).spawn().unwrap();
    let mut children: Vec<Child> = ["coding", "music"].map(start).into();
    while let Some(mut child) = children.pop() {
        assert!(child.wait().unwrap().success());
    }
}

fn repeat(before: &str, after: &str) {
    (1..20).for_each(|i| {
        sleep(100);
        println!("{before}{i}{after}");
    });
}
