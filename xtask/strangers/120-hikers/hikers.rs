// RUN: hikers
// KIND: healthy
// CAUSE: Three hikers and main (four parties) meet at a Barrier; they walk at different speeds, so the fast ones wait for up to two seconds for the slowest at each of two huts, but all four arrive both times and the program ends.
// MUST NOT SAY: that the barrier's count of 4 is one too many for three threads; main waits too.
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const HUTS: [&str; 2] = ["lake hut", "summit hut"];

fn main() {
    let hikers = [("Olaf", 200), ("Pia", 900), ("Quin", 2000)];
    let meet = Barrier::new(hikers.len() + 1);

    thread::scope(|s| {
        for (name, ms) in hikers {
            let meet = &meet;
            s.spawn(move || {
                for hut in HUTS {
                    thread::sleep(Duration::from_millis(ms));
                    println!("{name} reaches the {hut}");
                    meet.wait();
                }
            });
        }
        for hut in HUTS {
            meet.wait();
            println!("-- all are at the {hut}");
        }
    });
    println!("everybody is home");
}
