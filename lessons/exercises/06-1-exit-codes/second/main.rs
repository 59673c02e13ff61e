use std::collections::HashMap;
use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{ForkResult, fork};

fn main() -> nix::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    // 编号 → 第几个词
    let mut places = HashMap::new();
    for (place, word) in words.iter().enumerate() {
        // SAFETY: 没有创建过线程
        if let ForkResult::Parent { child } = unsafe { fork() }? {
            places.insert(child, place);
        } else {
            count(word);
        }
    }
    // 谁结束了就等到谁，都等到了再按次序印
    let mut codes = vec![0; words.len()];
    while !places.is_empty() {
        if let WaitStatus::Exited(child, code) = wait()?
            && let Some(place) = places.remove(&child)
        {
            codes[place] = code;
        }
    }
    for (word, code) in words.iter().zip(codes) {
        println!("{word}:{code}");
    }
    Ok(())
}

fn count(word: &str) -> ! {
    let mut number = 0;
    for _ in word.chars() {
        sleep(Duration::from_millis(100));
        number += 1;
    }
    process::exit(number)
}
