// RUN: conveyor
// KIND: hangs
// CAUSE: main puts five boxes onto a sync_channel of capacity 2 before it starts the packer that takes them off; the third send blocks and the line that spawns the packer is never reached. Spawn the packer before the sending loop (or make the capacity at least 5).
// MUST NOT SAY: that the packer is too slow; it does not exist yet.
use std::sync::mpsc::{sync_channel, Receiver};
use std::thread;

fn pack(belt: Receiver<u32>) {
    for b in belt {
        println!("packed box {b}");
    }
}

fn main() {
    let (put, belt) = sync_channel::<u32>(2);

    for b in 1..=5 {
        put.send(b).unwrap();
        println!("box {b} on the belt");
    }
    drop(put);

    let packer = thread::spawn(move || pack(belt));
    packer.join().unwrap();
    println!("shift is over");
}
