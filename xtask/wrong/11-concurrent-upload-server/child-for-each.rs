// A child for each client, however many workers the command line wants.

use crate::support::{end_at_ctrl_c, kernel, listen, option, store_upload};

pub fn main() {
    end_at_ctrl_c();
    let limit = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    let mut children = Vec::new();
    loop {
        let (client, from) = listener.accept().unwrap();
        children.push(kernel::child(|| store_upload(client.try_clone().unwrap(), from, limit)));
        children.retain(|pid| unsafe { kernel::waitpid(*pid, std::ptr::null_mut(), 1) } == 0);
    }
}
