// Right: main waits at a pipe whose writing ends only the children have; it ends when both have ended.

use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;

use crate::support::{kernel, sleep};

extern "C" {
    fn pipe(ends: *mut i32) -> i32;
}

struct Person {
    name: &'static str,
    age: u32,
    does: fn(u32) -> String,
}

pub fn main() {
    let people = [
        Person { name: "小明", age: 30, does: |i| format!("正在敲第{i}遍代码") },
        Person { name: "某只羊", age: 33, does: |i| format!("正在听第{i}遍音乐") },
    ];
    let mut ends = [0; 2];
    assert_eq!(unsafe { pipe(ends.as_mut_ptr()) }, 0);
    let children: Vec<i32> = people
        .iter()
        .map(|Person { name, age, does }| {
            kernel::child(|| {
                unsafe { kernel::close(ends[0]) };
                for i in 1..=19 {
                    sleep(100);
                    println!("{name} {age}{}", does(i));
                }
            })
        })
        .collect();
    unsafe { kernel::close(ends[1]) };
    let mut nothing = Vec::new();
    unsafe { File::from_raw_fd(ends[0]) }.read_to_end(&mut nothing).unwrap();
    children.into_iter().for_each(kernel::wait);
}
