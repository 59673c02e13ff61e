use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::process::exit;

use nix::sys::wait::wait;
use nix::unistd::{ForkResult, fork, pipe};

fn main() -> anyhow::Result<()> {
    let (reading, writing) = pipe()?;
    // SAFETY: 还没有创建过线程
    if let ForkResult::Child = unsafe { fork() }? {
        drop(reading);
        draw_and_send(File::from(writing))?;
        exit(0);
    }
    drop(writing);
    wait()?;
    let mut numbers: Vec<u32> = Vec::new();
    for line in BufReader::new(File::from(reading)).lines() {
        numbers.push(line?.parse()?);
    }
    println!("父进程收到:{numbers:?}");
    Ok(())
}

fn draw_and_send(mut pipe: File) -> anyhow::Result<()> {
    let mut numbers = Vec::new();
    for _ in 0..6 {
        let number = RandomState::new().hash_one(0) % 100 + 1;
        writeln!(pipe, "{number}")?;
        numbers.push(number);
    }
    println!("子进程抽到:{numbers:?}");
    Ok(())
}
