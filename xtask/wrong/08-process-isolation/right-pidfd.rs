// Right: a descriptor for each child; poll says which has ended.

use crate::support::{kernel, sleep};

extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

const PIDFD_OPEN: i64 = 434;

pub fn main() {
    let mut list: Vec<i32> = Vec::with_capacity(5);
    let writer = kernel::child(|| {
        list.extend(1..6);
        list.iter().for_each(|i| println!("添加数据:{i}"));
    });
    let reader = kernel::child(|| {
        sleep(3000);
        println!("read_data函数:{list:?}");
    });
    let mut left: Vec<(i32, kernel::Ready)> = [writer, reader]
        .map(|pid| (pid, kernel::Ready::of(unsafe { syscall(PIDFD_OPEN, pid, 0) } as i32)))
        .into();
    while !left.is_empty() {
        let mut asked: Vec<_> = left.iter().map(|(_, one)| kernel::Ready::of(one.fd)).collect();
        unsafe { kernel::poll(asked.as_mut_ptr(), asked.len() as u64, -1) };
        let mut ended = asked.iter().map(|one| one.revents != 0);
        left.retain(|(pid, one)| {
            let is_over = ended.next().unwrap();
            if is_over {
                kernel::wait(*pid);
                unsafe { kernel::close(one.fd) };
            }
            !is_over
        });
    }
    println!("main函数:{list:?}");
}
