// What the children print stands in a buffer when they end with _exit.

use std::io::{BufWriter, Write};

use crate::support::kernel;

pub fn main() {
    let works = [("正在敲第", "遍代码"), ("正在听第", "遍音乐")];
    let children = works.map(|(before, after)| {
        kernel::child(|| {
            let mut out = BufWriter::new(std::io::stdout());
            for i in 1..20 {
                writeln!(out, "{before}{i}{after}").unwrap();
            }
            unsafe { kernel::_exit(0) }
        })
    });
    children.into_iter().for_each(kernel::wait);
}
