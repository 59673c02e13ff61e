// Right: the children are a process group of their own, and main waits for whoever of it ends.

use crate::support::{kernel, sleep};

extern "C" {
    fn setpgid(pid: i32, group: i32) -> i32;
    fn write(fd: i32, bytes: *const u8, length: usize) -> isize;
}

pub fn main() {
    let mut group = 0;
    for (before, after) in [("正在敲第", "遍代码"), ("正在听第", "遍音乐")] {
        let pid = kernel::child(|| {
            unsafe { setpgid(0, group) };
            say(before, after);
        });
        // whoever comes first, the child or we
        unsafe { setpgid(pid, if group == 0 { pid } else { group }) };
        group = if group == 0 { pid } else { group };
    }
    let mut status = 0;
    while unsafe { kernel::waitpid(-group, &mut status, 0) } > 0 {
        assert_eq!(status, 0);
    }
}

fn say(before: &str, after: &str) {
    for i in 1..20 {
        sleep(100);
        let line = format!("{before}{i}{after}\n");
        let count = unsafe { write(1, line.as_ptr(), line.len()) };
        assert_eq!(count as usize, line.len());
    }
}
