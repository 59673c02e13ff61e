// Right: a child for each client, at most so many; a handler of SIGCHLD waits for whoever has ended.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{end_at_ctrl_c, kernel, listen, option, sleep, store_upload};

const CHILD_ENDED: i32 = 17;
const NOT_WAITING: i32 = 1;

static CHILDREN: AtomicUsize = AtomicUsize::new(0);

extern "C" fn reap(_: i32) {
    while unsafe { kernel::waitpid(-1, null_mut(), NOT_WAITING) } > 0 {
        CHILDREN.fetch_sub(1, Ordering::SeqCst);
    }
}

pub fn main() {
    end_at_ctrl_c();
    unsafe { kernel::signal(CHILD_ENDED, reap) };
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let most: usize = option("--workers", "16").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        while CHILDREN.load(Ordering::SeqCst) >= most {
            sleep(20);
        }
        CHILDREN.fetch_add(1, Ordering::SeqCst);
        let mut guest = Some(client);
        kernel::child(|| store_upload(guest.take().unwrap(), from, limit));
        // ours is closed here; the child has its own
        drop(guest);
    }
}
