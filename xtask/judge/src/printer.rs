//! In words: why a line may not come from the process or thread that printed it.

use course::script::Mechanism;
use events::Source;

use super::matcher::{Matcher, State};

/// Why `source` cannot be the printer of `lane`; the state is the one before the line.
pub fn wrong_printer(matcher: &Matcher, state: &State, lane: usize, source: Source) -> String {
    let what = &matcher.scene.lanes[lane];
    let root = matcher.roots[what.terminal];
    let is_root = root == Some(source.pid);
    let printer = match root {
        Some(root) if is_root && source.tid == source.pid => format!("程序自己的进程 {root}"),
        _ if source.tid == source.pid => format!("进程 {}", source.pid),
        _ => format!("进程 {} 的线程 {}", source.pid, source.tid),
    };
    let came = format!("这一行来自{printer}");
    // another lane that this printer has printed before
    let other = |same: fn(Source, Source) -> bool| {
        let lanes = matcher.lanes_of(what.terminal).filter(|other| *other != lane);
        let found = lanes
            .filter(|other| state.sources[*other].is_some_and(|before| same(before, source)))
            .find_map(|other| matcher.scene.lanes[other].name.clone());
        found.map(|name| format!("，「{name}」的行也来自它"))
    };
    let terminal = &matcher.scene.terminals[what.terminal].name;
    match what.mechanism {
        Some(Mechanism::Process) if is_root => {
            format!("{came}，应当来自另一个进程（fork 出来的子进程）")
        }
        Some(Mechanism::Process) => match other(|a, b| a.pid == b.pid) {
            Some(other) => format!("{came}{other}：应当是两个不同的进程"),
            None => format!("{came}{}：应当是同一个进程", before(state, lane)),
        },
        Some(Mechanism::Thread) if !is_root => {
            format!("{came}，那是另一个进程，应当来自「{terminal}」同一个进程里的一个线程")
        }
        Some(Mechanism::Thread) if source.pid == source.tid => {
            format!("{came}的主线程，应当来自另一个线程")
        }
        Some(Mechanism::Thread) => match other(|a, b| a.tid == b.tid) {
            Some(other) => format!("{came}{other}：应当是两个不同的线程"),
            None => format!("{came}{}：应当是同一个线程", before(state, lane)),
        },
        None if !is_root => format!("{came}，应当来自程序自己的进程，不是它的子进程"),
        None => format!("{came}，应当来自主线程"),
    }
}

/// Who printed the lines of the lane so far.
fn before(state: &State, lane: usize) -> String {
    match state.sources[lane] {
        Some(Source { pid, tid }) if pid == tid => format!("，这条道前面的行来自进程 {pid}"),
        Some(Source { pid, tid }) => format!("，这条道前面的行来自进程 {pid} 的线程 {tid}"),
        None => String::new(),
    }
}
