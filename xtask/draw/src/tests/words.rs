//! Every word in which a deed is told: which deed it is, and that none is told in words that no test knows.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;

use cast::Actors;
use events::{Call, CallResult, Data, Exit, Half, Object, Stream, Withheld};

use super::super::Names;
use super::super::deeds::{Act, Deed};
use super::super::names::Namer;
use super::super::words::Speaker;
use super::rehearsal::*;

/// A program, its child and two threads; what is said is said by the program.
fn spoken<T>(ask: impl FnOnce(&Speaker) -> T) -> T {
    let mut r = Rehearsal::new();
    let main = r.start(0, 300);
    r.fork(main, 301);
    r.spawn(main, 302);
    let scene = scene("场景 一\n一 $ lesson-one\n", 0);
    let mut actors = Actors::of(&scene, &r.events);
    for event in &r.events {
        actors.follow(event);
    }
    let namer = Namer::new(&scene, &r.events, &actors, Names::Real);
    ask(&Speaker { actors: &actors, namer: &namer })
}

fn deed(act: Act) -> Deed {
    let at = Duration::ZERO;
    Deed { at, until: at, event: 0, actor: 0, act, count: 1, bytes: 0, unread: 0, gone: false }
}

fn told(deed: &Deed) -> String {
    spoken(|speaker| speaker.phrase(deed).full())
}

fn called(call: Call, outcome: Option<CallResult>) -> String {
    told(&deed(Act::Calls { call, outcome }))
}

fn done(call: Call, value: i64) -> String {
    called(call, Some(CallResult::Done(value)))
}

fn waited(call: &Call) -> String {
    spoken(|speaker| speaker.wait(call))
}

fn pipe() -> Object {
    Object::Pipe { id: 7 }
}

fn receive(object: Object) -> Call {
    Call::Receive { fd: 3, object, data: Data::default() }
}

fn send(object: Object, bytes: u64) -> Call {
    Call::Send { fd: 4, object, data: Data { bytes, ..Data::default() } }
}

#[test]
fn waits_say_for_what() {
    let connection = || connection(8888, 40_000);
    assert_eq!(waited(&receive(pipe())), "等待管道里的数据 read(fd=3)..");
    assert_eq!(waited(&receive(Object::Input)), "等待键盘 read(fd=3)..");
    assert_eq!(waited(&receive(connection())), "等待数据 recv(fd=3)..");
    assert_eq!(waited(&Call::Poll { fds: vec![3], timeout: None }), "等待连接或数据 poll()..");
    let connect = Call::Connect { fd: 3, peer: None, local: None, socket: None };
    assert_eq!(waited(&connect), "等待连上 connect(fd=3)..");
    assert_eq!(waited(&send(pipe(), 65_536)), "写管道 65,536 字节，等人读走 write(fd=4)..");
    assert_eq!(waited(&send(connection(), 9)), "发送 9 字节，等对方接收 send(fd=4)..");
    let object = Object::File { path: "/a".into() };
    let lock = |record| Call::LockFile { fd: 5, object: object.clone(), record };
    assert_eq!(waited(&lock(false)), "等待文件锁 flock(fd=5)..");
    assert_eq!(waited(&lock(true)), "等待文件锁 fcntl(fd=5)..");
    let other = Call::Other { number: 65 };
    assert_eq!(waited(&other), "等待别的进程或线程（65 号系统调用）..");
}

#[test]
fn what_an_unkind_kernel_kept_is_said() {
    let tells = |withheld, gets: bool| {
        let data = Data { bytes: 2, text: "hi".into(), asked: 5, withheld, ..Data::default() };
        let object = connection(8888, 40_000);
        let call = match gets {
            true => Call::Receive { fd: 4, object, data },
            false => Call::Send { fd: 4, object, data },
        };
        let mut one = deed(Act::Calls { call, outcome: Some(CallResult::Done(2)) });
        one.bytes = 2;
        told(&one)
    };
    let rest = tells(Some(Withheld::Rest), true);
    assert_eq!(rest, tells(None, true) + "，后面的内核没有交出：刁难，recv(2) 允许");
    let part = tells(Some(Withheld::Part), false);
    assert_eq!(part, tells(None, false) + "：刁难，send(2) 允许");
    let room = tells(Some(Withheld::Room), false);
    assert_eq!(room, tells(None, false) + "，发送缓冲区小：刁难，tcp(7) 允许");
}

#[test]
fn calls_say_what_they_did() {
    let bytes = |deed: &mut Deed, bytes| deed.bytes = bytes;
    let mut writes = deed(Act::Calls { call: send(pipe(), 9), outcome: Some(CallResult::Done(9)) });
    (writes.count, writes.bytes) = (2, 18);
    assert_eq!(told(&writes), "写管道 write(fd=4) 共 2 次，18 字节");
    let data = Data { bytes: 2, text: "hi".into(), asked: 5, ..Data::default() };
    let part = Call::Send { fd: 4, object: connection(8888, 40_000), data };
    let mut cut = deed(Act::Calls { call: part, outcome: Some(CallResult::Done(2)) });
    bytes(&mut cut, 2);
    assert_eq!(told(&cut), "发送 send(fd=4) 「hi」 2 字节，要发的是 5 字节");
    assert_eq!(done(receive(Object::Input), 0), "键盘输入完 read(fd=3) = 0");
    assert_eq!(done(receive(pipe()), 0), "读到结束 read(fd=3) = 0");
    let gets = |object, peeked, head: &[u8]| {
        let data = Data { peeked, ..Data::new(head, head.len() as u64) };
        let call = Call::Receive { fd: 3, object, data };
        let length = head.len() as u64;
        let mut one = deed(Act::Calls { call, outcome: Some(CallResult::Done(length as i64)) });
        bytes(&mut one, length);
        told(&one)
    };
    assert_eq!(gets(Object::Input, false, b"a"), "读键盘 read(fd=3) 「a」 1 字节");
    assert_eq!(gets(pipe(), false, b"a"), "读管道 read(fd=3) 「a」 1 字节");
    let connection = connection(8888, 40_000);
    let peeked = gets(connection.clone(), true, b"a");
    assert_eq!(peeked, "先看一眼 recv(fd=3, MSG_PEEK) 「a」 1 字节");
    assert_eq!(gets(pipe(), false, &[0, 0xff, 1]), "读管道 read(fd=3) 3 字节：00 ff 01");
    let shut = |object, how| done(Call::Shutdown { fd: 3, object, how }, 0);
    let listener = Object::Listener { local: addr(8888) };
    assert_eq!(shut(listener, Half::Both), "不再监听 shutdown(fd=3, SHUT_RDWR)");
    assert_eq!(shut(connection, Half::Both), "两个方向都关 shutdown(fd=3, SHUT_RDWR)");
    assert_eq!(done(Call::Pipe { id: 7, read: 3, write: 4 }, 0), "创建管道 pipe() = [3, 4]");
    let object = Object::File { path: "/a".into() };
    assert_eq!(done(Call::LockFile { fd: 5, object, record: false }, 0), "得到文件锁 flock(fd=5)");
    let sleep = Call::Sleep { length: Duration::from_millis(3) };
    assert_eq!(called(sleep, None), "睡眠 3 毫秒（没有睡完）");
    let kill = |target| done(Call::Kill { target, signal: 15 }, 0);
    assert_eq!(kill(-301), "发信号 kill(进程组 301, SIGTERM)");
    assert_eq!(kill(0), "发信号 kill(整个进程组, SIGTERM)");
    assert_eq!(kill(-1), "发信号 kill(所有进程, SIGTERM)");
    let connect = || Call::Connect { fd: 3, peer: Some(addr(8888)), local: None, socket: None };
    let fails = |errno: Errno| called(connect(), Some(CallResult::Failed(errno as i32)));
    let begins = "连接 connect(fd=3, 127.0.0.1:8888)";
    assert_eq!(fails(Errno::EINPROGRESS), format!("{begins}，不等连上（EINPROGRESS）"));
    let refused = fails(Errno::ECONNREFUSED);
    assert!(refused.starts_with(&format!("{begins} 失败：")), "{refused}");
}

#[test]
fn what_is_no_call_is_told_too() {
    assert_eq!(told(&deed(Act::Runs { program: "ls".into() })), "运行程序 exec(ls)");
    let ended = Exit::Code(0);
    let ends = deed(Act::Ends { ended, from: None, taken: 0, unwaited: true });
    assert_eq!(told(&ends), "结束（退出码 0），父进程到结束也没有等它：一直是僵尸进程");
    assert_eq!(told(&deed(Act::LeftOut { lines: 1234 })), "……这里省略 1,234 行");
    let again = |steps, bytes| {
        let mut one = deed(Act::Repeats { steps, times: 5 });
        one.bytes = bytes;
        told(&one)
    };
    assert_eq!(again(1, 0), "……这一步又重复了 5 遍");
    assert_eq!(again(2, 18), "……以上 2 步又重复了 5 遍，收发 18 字节");
    let mut sleeps = deed(Act::Sleeps(Duration::from_millis(600)));
    sleeps.count = 3;
    assert_eq!(told(&sleeps), "睡眠 3 次，一共 0.6 秒");
    let join = || Call::Futex { word: 8, value: 302, timeout: None };
    assert_eq!(told(&deed(Act::Waits(join()))), "等待线程结束 join()..");
    assert_eq!(done(join(), 0), "等到线程结束 join()");
    let mut makes = deed(Act::Makes { child: 1, thread: false });
    makes.count = 3;
    assert_eq!(told(&makes), "创建子进程 fork()，共 3 个");
    let (first, last) = ("一".to_owned(), "二".to_owned());
    let mut prints = deed(Act::Prints { stream: Stream::Out, first, last });
    prints.count = 2;
    assert_eq!(told(&prints), "印出 2 行，从「一」到「二」");
}

/// What stands between the placeholders of the Chinese texts of a source, without white space.
fn words_of(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let texts = lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned));
    let parts: Vec<String> = texts
        .flat_map(|text| {
            let outside = |part: &str| part.rsplit('}').next().unwrap_or_default().to_owned();
            text.split('{').map(outside).collect::<Vec<_>>()
        })
        .collect();
    let chinese = |part: &String| part.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    parts.iter().filter(|part| chinese(part)).map(|part| squeezed(part)).collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A new word needs a picture, or a line in one of these tests.
#[test]
fn no_word_is_said_that_no_test_has_heard() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let mut heard = read(&folder.join("tests/words.rs")) + &read(&folder.join("tests/ways.rs"));
    for picture in fs::read_dir(folder.join("pictures")).unwrap() {
        heard.push_str(&read(&picture.unwrap().path()));
    }
    let heard = squeezed(&heard);
    let unheard = |source: &str| -> Vec<String> {
        words_of(source).into_iter().filter(|word| !heard.contains(word.as_str())).collect()
    };
    let words = words_of(&read(&folder.join("words.rs")));
    assert!(words.len() > 80, "{words:?}");
    for file in ["words.rs", "printed.rs"] {
        assert_eq!(unheard(&read(&folder.join(file))), Vec::<String>::new(), "{file}");
    }
    // put together, so that this file does not say it
    let new = format!("\"{}{} recv({{fd}})\"", "等到天", "亮");
    assert_eq!(unheard(&new).len(), 1, "a word that nobody knows is noticed");
}
