// Right: a look at who has ended, which leaves it there, then the wait for that one.

use std::io::Write;

use crate::support::{kernel, sleep};

extern "C" {
    fn waitid(kind: i32, id: u32, info: *mut [i32; 32], options: i32) -> i32;
}

const ALL: i32 = 0;
const ENDED_AND_LEFT: i32 = 4 | 0x0100_0000;

pub fn main() {
    let who = [("小明", 30, "敲", "代码"), ("某只羊", 33, "听", "音乐")];
    for (name, age, does, what) in who {
        kernel::child(move || {
            let mut out = std::io::stdout().lock();
            for i in 1..20 {
                sleep(100);
                writeln!(out, "{name} {age}正在{does}第{i}遍{what}").unwrap();
            }
        });
    }
    for _ in who {
        let mut info = [0; 32];
        assert_eq!(unsafe { waitid(ALL, 0, &mut info, ENDED_AND_LEFT) }, 0);
        // si_pid stands behind si_signo, si_errno, si_code and four bytes of room
        kernel::wait(info[4]);
    }
}
