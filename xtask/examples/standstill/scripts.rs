//! A program that is written in its argument, for `tests/random_programs.rs`, which says what the letters mean.

use std::cell::RefCell;
use std::env;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, pipe};

/// So many pipes, and so many locks.
const MOST: usize = 3;

static LOCKS: [Mutex<()>; MOST] = [const { Mutex::new(()) }; MOST];

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    let script = |_| env::args().nth(2).unwrap_or_default();
    match mode {
        "script-of-threads" => Some(threads(&script(()))),
        "script-of-processes" => Some(processes(&script(()))),
        _ => None,
    }
}

type Pipes = Vec<(std::fs::File, std::fs::File)>;

fn pipes() -> io::Result<Pipes> {
    let file = |end: OwnedFd| std::fs::File::from(end);
    (0..MOST).map(|_| Ok(pipe().map(|(reader, writer)| (file(reader), file(writer)))?)).collect()
}

fn threads(script: &str) -> io::Result<()> {
    let pipes = Arc::new(pipes()?);
    let mut actors = script.split('/').map(str::to_owned).enumerate();
    let (_, main) = actors.next().unwrap();
    let spawned = actors.map(|(number, steps)| {
        let pipes = Arc::clone(&pipes);
        thread::spawn(move || act(number, &steps, &pipes, |_| ()))
    });
    let spawned = RefCell::new(spawned.map(Some).collect::<Vec<_>>());
    let join = |number: usize| {
        if let Some(thread) = spawned.borrow_mut()[number - 1].take() {
            thread.join().unwrap();
        }
    };
    act(0, &main, &pipes, |(_, number)| join(number));
    let all = spawned.borrow().len();
    (1..=all).for_each(join);
    Ok(())
}

fn processes(script: &str) -> io::Result<()> {
    let pipes = pipes()?;
    let mut actors = script.split('/').enumerate();
    let (_, main) = actors.next().unwrap();
    let mut children: Vec<Option<Pid>> = Vec::new();
    for (number, steps) in actors {
        // SAFETY: this process has only one thread
        match unsafe { fork() }? {
            ForkResult::Parent { child } => children.push(Some(child)),
            ForkResult::Child => {
                act(number, steps, &pipes, |_| ());
                exit(0);
            }
        }
    }
    let children = RefCell::new(children);
    let wait = |number: usize| {
        if let Some(child) = children.borrow_mut()[number - 1].take() {
            waitpid(child, None).unwrap();
        }
    };
    act(0, main, &pipes, |(letter, number)| match letter {
        'k' => {
            if let Some(child) = children.borrow()[number - 1] {
                kill(child, Signal::SIGKILL).unwrap();
            }
        }
        _ => wait(number),
    });
    let all = children.borrow().len();
    (1..=all).for_each(wait);
    Ok(())
}

/// Does what is written; what only main can do is `special`.
fn act(number: usize, steps: &str, pipes: &Pipes, special: impl Fn((char, usize))) {
    let mut guards: [Option<MutexGuard<()>>; MOST] = [const { None }; MOST];
    println!("{number} begins");
    for (index, step) in steps.split(',').filter(|step| !step.is_empty()).enumerate() {
        let (letter, of) = step.split_at(1);
        let of: usize = of.parse().unwrap_or(0);
        match letter {
            "p" => println!("{number} is at {index}"),
            "s" => thread::sleep(Duration::from_millis(of as u64)),
            "w" => (&pipes[of].1).write_all(b"x").unwrap(),
            "r" => (&pipes[of].0).read_exact(&mut [0]).unwrap(), // waits
            "l" => guards[of] = Some(LOCKS[of].lock().unwrap()), // waits
            "u" => guards[of] = None,
            _ => special((letter.chars().next().unwrap(), of)), // waits
        }
    }
    // what it has locked is free again once nobody can do anything any more
    drop(guards);
    println!("{number} ends");
}
