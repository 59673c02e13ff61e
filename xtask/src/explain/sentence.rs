//! Who waits for whom, and why that never ends.
//!
//! Each shape of a standstill has a function of its own; the first that fits speaks. A shape that is the consequence
//! of another comes after it: a client in the queue is there because the server waits for somebody else.

use std::collections::BTreeSet;

use events::{Hint, On};

use super::cast::Cast;
use super::words::doing;

/// A shape: the sentence, if it is this one.
type Shape = fn(&Cast) -> Option<String>;

const SHAPES: [Shape; 19] = [
    lock_without_owner,
    locks,
    joined_and_never_woken,
    stopped,
    child_on_a_pipe,
    pipes_of_each_other,
    own_pipe,
    both_ends_of_a_connection,
    never_accepted,
    neglected_peer,
    input,
    child,
    client,
    never_woken,
    file_lock,
    fifo,
    signal,
    socket,
    alone,
];

/// The sentence that a teacher would say.
pub fn sentence(cast: &Cast) -> String {
    let found = SHAPES.iter().find_map(|shape| shape(cast));
    found.unwrap_or_else(|| "每一个都在等别的，没有一个能接着运行".to_owned())
}

fn threads(cast: &Cast) -> std::ops::Range<usize> {
    0..cast.waiting.len()
}

/// The thread of a process that says most of what the process waits for.
fn busiest(cast: &Cast, pid: i32) -> Option<usize> {
    cast.threads_of(pid).into_iter().min_by_key(|one| match &cast.waiting[*one].on {
        On::Peer { .. } => 0,
        On::Input => 1,
        On::Pipe { .. } => 2,
        On::Child { .. } => 3,
        On::Wake { hint: Hint::Lock, .. } => 4,
        On::Client { .. } => 5,
        _ => 6,
    })
}

/// What a thread waits to be woken for; `None`: it waits for something else.
fn hint(cast: &Cast, thread: usize) -> Option<Hint> {
    match cast.waiting[thread].on {
        On::Wake { hint, .. } => Some(hint),
        _ => None,
    }
}

/// Nobody is left who could give the lock back.
fn lock_without_owner(cast: &Cast) -> Option<String> {
    let alone = threads(cast).find(|one| {
        matches!(&cast.waiting[*one].on, On::Wake { hint: Hint::Lock, others, .. } if others.is_empty())
    })?;
    Some(format!(
        "{}在等一把锁，可是没有别的线程会来放开它：它自己锁上还没有放，又锁了一次；或者拿着锁的线程没有放就结束了",
        cast.name(alone)
    ))
}

/// One or more threads of a process wait for locks.
fn locks(cast: &Cast) -> Option<String> {
    let first = threads(cast).find(|one| hint(cast, *one) == Some(Hint::Lock))?;
    let process = cast.threads_of(cast.waiting[first].pid);
    let (locked, others): (Vec<usize>, Vec<usize>) =
        process.into_iter().partition(|one| hint(cast, *one) == Some(Hint::Lock));
    if let [thread] = locked.as_slice() {
        let name = cast.name(*thread);
        // whoever has it may be part of another standstill
        let talks = both_ends_of_a_connection(cast);
        let joins = others.iter().find(|other| cast.joined(**other) == Some(*thread));
        return Some(match (joins, others.first()) {
            (Some(other), _) => format!(
                "{other}在等{name}结束（join），{name}在等一把锁，拿着锁的人不放：{other}还拿着，或者{name}自己锁过、忘了放",
                other = cast.name(*other)
            ),
            (None, Some(other)) => format!(
                "{name}在等一把锁，拿着锁的人不放（或者已经忘了放）：{}",
                talks.unwrap_or_else(|| format!("{}{}", cast.name(*other), doing(cast, *other)))
            ),
            (None, None) => format!("{name}在等一把锁，拿着锁的人不放（或者已经忘了放）"),
        });
    }
    // a mutex of std says 2 when it is held and waited for (std's futex mutex); only then the word is the lock's
    let word = |thread: usize| match cast.waiting[thread].on {
        On::Wake { word, value: Some(2), .. } => Some(word),
        _ => None,
    };
    let words: Option<BTreeSet<u64>> = locked.iter().map(|thread| word(*thread)).collect();
    let count = match locked.len() {
        2 => "两个线程".to_owned(),
        count => format!("{count} 个线程"),
    };
    let each = match locked.len() {
        2 => "各拿着一把锁，等对方手里的那一把",
        _ => "各拿着一把锁，等别人手里的那一把",
    };
    if let Some(busy) = others.iter().find(|other| cast.joined(**other).is_none()) {
        return Some(format!(
            "{count}在等锁，拿着锁的人不放（或者已经忘了放）：{}{}",
            cast.name(*busy),
            doing(cast, *busy)
        ));
    }
    Some(match words {
        Some(words) if words.len() == 1 => {
            format!("{count}在等同一把锁，拿着锁的人不放（或者已经忘了放）")
        }
        Some(words) if words.len() == locked.len() => format!("{count}{each}"),
        _ => format!("{count}都在等锁，谁也不放：多半是{each}"),
    })
}

/// A thread waits for another to end, which waits to be woken.
fn joined_and_never_woken(cast: &Cast) -> Option<String> {
    threads(cast).find_map(|thread| {
        let other = cast.joined(thread)?;
        let (name, joined) = (cast.name(thread), cast.name(other));
        if cast.joined(other) == Some(thread) {
            return Some(format!("{name}和{joined}在互相等对方结束（join）"));
        }
        let why = never_woken_for(hint(cast, other)?);
        Some(format!("{name}在等{joined}结束（join），{joined}{why}"))
    })
}

/// What nobody will do any more for a thread that has to be woken, to be put behind its name.
fn never_woken_for(hint: Hint) -> &'static str {
    match hint {
        Hint::Receive => {
            "在等一个再也没有人发送的通道：发送端还有人拿着（没有 drop），所以它也等不到通道关闭"
        }
        Hint::Send => "在等通道腾出位子，可再也没有人接收",
        Hint::Select => "在等几个通道里的一个（select），可哪一个都再也没有人发送或接收",
        Hint::Condition => "在等条件变量，可再也没有人通知（notify）",
        Hint::Barrier => "在等别的线程到齐（barrier），可来的人不够",
        Hint::WaitGroup => "在等 WaitGroup 的副本都放掉，可还有人拿着（没有 drop）",
        Hint::Park => "停着等人叫醒（park），可再也没有人叫它（unpark）",
        Hint::Join | Hint::Lock | Hint::Line | Hint::Unknown => {
            "在等别的线程叫醒它，可再也没有人会叫"
        }
    }
}

/// What a signal has stopped never ends.
fn stopped(cast: &Cast) -> Option<String> {
    const SO: &str = "被信号暂停了（SIGSTOP），没有人叫它继续（SIGCONT）";
    let child = threads(cast).find_map(|thread| {
        let child = cast.children(thread).into_iter().find(|child| cast.is_stopped(*child))?;
        Some((cast.name(thread), cast.process_name(child)))
    });
    if let Some((parent, child)) = child {
        return Some(format!("{parent}在等{child}结束，可{child}{SO}"));
    }
    let thread = threads(cast).find(|one| cast.waiting[*one].on == On::Stopped)?;
    Some(format!("{}{SO}", cast.process_name(cast.waiting[thread].pid)))
}

/// A parent waits for a child, which waits for a pipe.
fn child_on_a_pipe(cast: &Cast) -> Option<String> {
    threads(cast).find_map(|thread| {
        let parent = cast.waiting[thread].pid;
        cast.children(thread).into_iter().find_map(|pid| {
            let on_pipe = |one: &usize| matches!(cast.waiting[*one].on, On::Pipe { .. });
            let reader = cast.threads_of(pid).into_iter().find(on_pipe)?;
            let On::Pipe { holders, unread, .. } = &cast.waiting[reader].on else { return None };
            let (name, child) = (cast.name(thread), cast.process_name(pid));
            if !cast.receives(reader) {
                return Some(format!(
                    "{name}等{child}结束，{child}等人读走管道里的数据：管道满了（{unread} 字节），可没有人读"
                ));
            }
            let open = match holders.as_slice() {
                [only] if *only == parent => format!("只有{name}自己还开着（忘了关）"),
                [only] if *only == pid => format!("只有{child}自己还开着（忘了关）"),
                [_, _] if holders.contains(&parent) && holders.contains(&pid) => {
                    format!("只有{name}和{child}自己还开着（都忘了关）")
                }
                holders => {
                    format!("还有人开着却不写（{}）", cast.process_names(holders))
                }
            };
            Some(format!("{name}等{child}结束，{child}等管道里的数据，可管道的写端{open}"))
        })
    })
}

/// Two processes each wait for what the other should write.
fn pipes_of_each_other(cast: &Cast) -> Option<String> {
    let reads_from = |one: usize, pid: i32| {
        cast.receives(one)
            && matches!(&cast.waiting[one].on, On::Pipe { holders, .. } if holders.contains(&pid))
    };
    threads(cast).find_map(|one| {
        let other = threads(cast).skip(one + 1).find(|other| {
            let (pid, other_pid) = (cast.waiting[one].pid, cast.waiting[*other].pid);
            pid != other_pid && reads_from(one, other_pid) && reads_from(*other, pid)
        })?;
        let (one, other) = (cast.name(one), cast.name(other));
        Some(format!("{one}在等{other}往管道里写，{other}也在等{one}往管道里写"))
    })
}

/// A process holds the end of a pipe that it waits for.
fn own_pipe(cast: &Cast) -> Option<String> {
    let thread = threads(cast).find(|one| {
        let waiting = &cast.waiting[*one];
        matches!(&waiting.on, On::Pipe { holders, .. } if *holders == [waiting.pid])
            && cast.threads_of(waiting.pid).len() == 1
    })?;
    let name = cast.name(thread);
    Some(match cast.receives(thread) {
        true => {
            format!("{name}在读管道，可管道的写端只有它自己还开着（忘了关）：永远等不到文件结束")
        }
        false => format!("{name}在写管道，管道满了，可读端只有它自己开着，它又不读"),
    })
}

/// Both programs wait on the same connection.
fn both_ends_of_a_connection(cast: &Cast) -> Option<String> {
    let (one, other) = threads(cast).find_map(|one| {
        let other = cast.other_end(one)?;
        (cast.receives(one) == cast.receives(other)).then_some((one, other))
    })?;
    if let Some(sentence) = half_a_line(cast, one, other).or_else(|| half_a_line(cast, other, one))
    {
        return Some(sentence);
    }
    let (name, other_name) = (cast.name(one), cast.name(other));
    if !cast.receives(one) {
        return Some(format!("{name}和{other_name}都在发送，谁也不接收：两边的缓冲区都满了"));
    }
    let (last, listener) = match (cast.sent(one), cast.sent(other)) {
        (None, None) => {
            return Some(format!("{name}在等{other_name}先说话，{other_name}也在等{name}先说话"));
        }
        (mine, theirs) if mine > theirs => (name, other_name),
        _ => (other_name, name),
    };
    Some(format!(
        "{last}在等答复；{listener}还在等{last}往下说，等它说完：{last}没有半关闭（shutdown），{listener}不知道它已经说完"
    ))
}

/// A thread reads lines, and what came last is not yet one.
fn half_a_line(cast: &Cast, reader: usize, speaker: usize) -> Option<String> {
    let On::Peer { by_line: true, .. } = cast.waiting[reader].on else { return None };
    let heard = cast.heard(reader).filter(|data| !data.cut && !data.text.ends_with('\n'))?;
    let (name, speaker) = (cast.name(reader), cast.name(speaker));
    let said = heard.text.rsplit('\n').next().unwrap_or_default();
    Some(format!(
        "{name}按行读，在等一行的末尾；{speaker}最后发的「{said}」后面没有换行符，它自己却已经在等答复了"
    ))
}

/// A client stands in the queue.
fn never_accepted(cast: &Cast) -> Option<String> {
    let client = threads(cast)
        .find(|one| matches!(cast.waiting[*one].on, On::Peer { unaccepted: true, .. }))?;
    let name = cast.name(client);
    let server = cast.server_of(client);
    let busy = server.and_then(|pid| busiest(cast, pid));
    Some(match (server, busy) {
        (Some(pid), Some(thread)) => {
            let server = cast.process_name(pid);
            format!(
                "{name}已经连上，却一直排在队列里：{server}没有接受（accept）它，{server}{}",
                doing(cast, thread)
            )
        }
        (Some(pid), None) => format!(
            "{name}已经连上，却一直排在队列里：{}没有接受（accept）它",
            cast.process_name(pid)
        ),
        (None, _) => format!("{name}已经连上，却一直排在队列里：没有人接受（accept）它"),
    })
}

/// The process at the other end does something else.
fn neglected_peer(cast: &Cast) -> Option<String> {
    threads(cast).find_map(|thread| {
        let waiting = &cast.waiting[thread];
        let On::Peer { holders, unaccepted: false, unread_there, half_closed, .. } = &waiting.on
        else {
            return None;
        };
        let name = cast.name(thread);
        if *holders == [waiting.pid] && cast.threads_of(waiting.pid).len() == 1 {
            return Some(format!("{name}在等自己：这个连接的两端都在它手里"));
        }
        let other = holders.iter().find_map(|pid| busiest(cast, *pid).filter(|one| *one != thread))?;
        let other_pid = cast.waiting[other].pid;
        let other_name = cast.process_name(other_pid);
        let unread = match unread_there {
            0 => String::new(),
            bytes => format!("；{name}发来的 {bytes} 字节它还没有读"),
        };
        let what = match cast.receives(thread) {
            true if *half_closed => format!("{name}说完了（已经半关闭），在等{other_name}的答复"),
            true => format!("{name}在等{other_name}的数据"),
            false => format!("{name}在发送，等{other_name}读走"),
        };
        Some(match cast.waiting[other].on {
            On::Client { .. } if cast.threads_of(other_pid).len() == 1 => format!(
                "{what}，{other_name}却在等下一个客户端（accept）：这个连接它没有关闭，却不再读写{unread}"
            ),
            _ => format!("{what}，{other_name}却{}{unread}", doing(cast, other)),
        })
    })
}

/// Nobody types any more.
fn input(cast: &Cast) -> Option<String> {
    let thread = threads(cast).find(|one| cast.waiting[*one].on == On::Input)?;
    Some(format!("{}在等有人从键盘输入，可再也没有人输入", cast.name(thread)))
}

/// A parent waits for a child that does something else.
fn child(cast: &Cast) -> Option<String> {
    threads(cast).find_map(|thread| {
        let child = cast.children(thread).into_iter().find_map(|pid| {
            let busy = busiest(cast, pid)?;
            Some(format!("{}却{}", cast.process_name(pid), doing(cast, busy)))
        })?;
        let waits = match cast.waiting[thread].on {
            On::Child { child: Some(child), .. } => cast.process_name(child),
            _ => "子进程".to_owned(),
        };
        Some(format!("{}在等{waits}结束，{child}", cast.name(thread)))
    })
}

/// A server waits for a client that never comes.
fn client(cast: &Cast) -> Option<String> {
    let thread =
        threads(cast).find(|one| matches!(cast.waiting[*one].on, On::Client { queue: 0 }))?;
    Some(format!("{}在 accept 等下一个客户端，可是再没有客户端会来", cast.name(thread)))
}

/// A thread waits to be woken, and nobody waits for it to end.
fn never_woken(cast: &Cast) -> Option<String> {
    let (thread, hint) = threads(cast).find_map(|one| Some((one, hint(cast, one)?)))?;
    let why = never_woken_for(hint);
    Some(format!("{}{why}", cast.name(thread)))
}

/// A lock on a file.
fn file_lock(cast: &Cast) -> Option<String> {
    let (thread, holders) = threads(cast).find_map(|one| match &cast.waiting[one].on {
        On::FileLock { holders } => Some((one, holders)),
        _ => None,
    })?;
    let waiting = format!("{}在等一个文件的锁（flock）", cast.name(thread));
    let pid = cast.waiting[thread].pid;
    let Some(holder) = holders.first() else {
        return Some(format!("{waiting}，拿着它的人不放"));
    };
    if *holder == pid {
        return Some(format!("{waiting}，拿着它的就是它自己（另一次打开的同一个文件）"));
    }
    let name = cast.process_name(*holder);
    let why = busiest(cast, *holder).map(|one| format!("，{name}{}", doing(cast, one)));
    Some(format!("{waiting}，拿着它的{name}不放{}", why.unwrap_or_default()))
}

/// A named pipe of which nobody opens the other end.
fn fifo(cast: &Cast) -> Option<String> {
    threads(cast).find_map(|one| match &cast.waiting[one].on {
        On::Fifo { path } => Some(format!(
            "{}在打开 {path}：它是命名管道（FIFO），要有人打开另一头，open 才会返回，可没有人来打开",
            cast.name(one)
        )),
        _ => None,
    })
}

/// A signal that nobody sends.
fn signal(cast: &Cast) -> Option<String> {
    let thread = threads(cast).find(|one| cast.waiting[*one].on == On::Signal)?;
    Some(format!("{}在等一个信号，可没有人会发", cast.name(thread)))
}

/// A socket without a connection.
fn socket(cast: &Cast) -> Option<String> {
    let (thread, socket) = threads(cast).find_map(|one| Some((one, cast.socket(one)?)))?;
    Some(format!("{}在等{socket}的数据，可没有人会发来", cast.name(thread)))
}

/// Nothing is known but that it is one.
fn alone(cast: &Cast) -> Option<String> {
    let [_] = cast.waiting else { return None };
    Some(format!("{}{}，可再也等不到", cast.name(0), doing(cast, 0)))
}
