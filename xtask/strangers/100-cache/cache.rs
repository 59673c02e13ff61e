// RUN: cache
// KIND: hangs
// CAUSE: In Edition 2021 the read guard made in the `match map.read().unwrap().get(..)` head lives until the end of the whole match, so map.write() in the None arm waits for a read lock its own thread still holds. Put the lookup into a `let` of its own (let hit = map.read().unwrap().get(&n).copied();) so that the guard is dropped before write().
// MUST NOT SAY: that another thread holds the lock (there is only one).
use std::collections::HashMap;
use std::sync::RwLock;

struct Cache {
    map: RwLock<HashMap<u64, u64>>,
}

impl Cache {
    fn square(&self, n: u64) -> u64 {
        match self.map.read().unwrap().get(&n) {
            Some(v) => *v,
            None => {
                println!("computing {n} squared");
                let v = n * n;
                self.map.write().unwrap().insert(n, v);
                v
            }
        }
    }
}

fn main() {
    let cache = Cache { map: RwLock::new(HashMap::new()) };
    for n in [3, 4, 3] {
        println!("{n}^2 = {}", cache.square(n));
    }
}
