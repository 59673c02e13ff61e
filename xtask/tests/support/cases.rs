//! Standstills, and what the explanation of each must say.

use judge::Rule;

use crate::bank::{Played, pair, played};

/// One program; two that talk; what the explanation must say.
#[derive(Clone, Copy)]
pub enum Case {
    One(&'static str, &'static str),
    Two(&'static str, &'static str, &'static str),
    /// A whole script.
    Script(&'static str, &'static str),
}

use Case::{One, Script, Two};

pub const SOCKETS: &[Case] = &[
    One("accepts-for-ever", "「主」在 accept 等下一个客户端，可是再没有客户端会来"),
    Two(
        "listens-to-the-first-word",
        "says-nothing",
        "「服务器端」在等「客户端」先说话，「客户端」也在等「服务器端」先说话",
    ),
    Two("raw-listens", "raw-says-nothing", "「服务器端」在等「客户端」先说话"),
    Two("reads-a-line", "waits-for-a-line", "「服务器端」在等「客户端」先说话"),
    Two(
        "reads-a-line",
        "forgets-the-newline",
        "「服务器端」按行读，在等一行的末尾；「客户端」最后发的「hello」后面没有换行符",
    ),
    Two("reads-to-the-end", "does-not-half-close", "「客户端」没有半关闭（shutdown）"),
    Two("neglects", "says-nothing", "「服务器端」却在等下一个客户端（accept）"),
    Two(
        "neglects",
        "half-closes",
        "「客户端」说完了（已经半关闭），在等「服务器端」的答复，「服务器端」却在等下一个客户端（accept）：这个连接它没有关闭，却不再读写；「客户端」发来的 5 字节它还没有读",
    ),
    Two("accepts-two-then-answers", "does-not-half-close", "「服务器端」却在等下一个客户端"),
    Two("reads-both-in-threads", "says-nothing", "」也在等「客户端」先说话"),
    Two("sends-much-first", "sends-much", "都在发送，谁也不接收：两边的缓冲区都满了"),
    Script(
        "服务器端 $ lesson-x accepts-the-second\n服务器端 监听 127.0.0.1:8888\n一 $ lesson-x says-nothing\n\
         一 连接 127.0.0.1:8888\n二 $ lesson-x says-nothing\n二 结束\n",
        "「服务器端」在等「二」先说话，「二」也在等「服务器端」先说话",
    ),
    Script(
        "服务器端 $ lesson-x listens-to-the-first-word\n服务器端 监听 127.0.0.1:8888\n一 $ lesson-x says-nothing\n\
         一 连接 127.0.0.1:8888\n二 $ lesson-x says-nothing\n二 结束\n",
        "「服务器端」在等「一」先说话，「一」也在等「服务器端」先说话",
    ),
    Script(
        "服务器端 $ lesson-x never-accepts\n服务器端 监听 127.0.0.1:8888\n服务器端 < 一\n\
         客户端 $ lesson-x says-nothing\n客户端 结束\n",
        "「服务器端」没有接受（accept）它，「服务器端」在等有人输入",
    ),
    Script(
        "服务器端 $ lesson-x reads-to-the-end-then-types\n服务器端 监听 127.0.0.1:8888\n服务器端 < 一\n\
         客户端 $ lesson-x half-closes\n客户端 结束\n",
        "「客户端」说完了（已经半关闭），在等「服务器端」的答复，「服务器端」却在等有人输入",
    ),
    Script(
        "服务器端 $ lesson-x answers-too-late\n服务器端 监听 127.0.0.1:8888\n服务器端 < 一\n\
         客户端 $ lesson-x sends-much\n客户端 结束\n",
        "「客户端」在发送，等「服务器端」读走，「服务器端」却在等有人输入",
    ),
    One("udp-alone", "「主」在等数据报套接字（UDP）的数据，可没有人会发来"),
    One("unix-pair", "「主」在等套接字的数据，可没有人会发来"),
    One("talks-to-itself", "「主」在等自己：这个连接的两端都在它手里"),
];

/// Server, client; whether it is proved; what the likeliest cause must say.
#[allow(dead_code, reason = "not every test program asks for it")]
pub const TALKS: &[(&str, &str, bool, &str)] = &[
    (
        "buffers-each-line-anew",
        "sends-two-lines",
        false,
        "把「小明」和后面的「你好」一起收进了 BufReader",
    ),
    (
        "answers-into-a-buffer",
        "sends-a-line",
        false,
        "「服务器端」写的话留在它自己的缓冲区（BufWriter）里",
    ),
    (
        "takes-two-messages",
        "sends-two-messages",
        false,
        "「客户端」分 2 次发的「a.txt」「the text」，「服务器端」一次接收就全收下了",
    ),
    (
        "wants-64-bytes",
        "sends-a-word",
        true,
        "（read_exact），还差 59 字节；「客户端」一共发来 5 字节",
    ),
    ("wants-all-of-64-bytes", "sends-a-word", true, "还差 59 字节"),
    ("reads-a-length", "sends-a-length-and-text", false, "按另一种字节序读，长度正好是 5"),
    (
        "reads-until-less-comes",
        "sends-1024-bytes",
        true,
        "最后一次要 1024 字节，正好收满 1024 字节",
    ),
    (
        "reads-a-head-and-a-body",
        "sends-a-head-and-a-body",
        false,
        "把「5」和后面的「hello」一起收进了 BufReader",
    ),
    (
        "forks-and-keeps-its-copy",
        "reads-the-answer-to-the-end",
        true,
        "「服务器端」的父进程还开着这个连接",
    ),
    ("answers-once", "asks-twice", true, "「服务器端」却在等下一个客户端（accept）"),
    ("loops-to-the-end", "sends-a-word", true, "「客户端」没有半关闭（shutdown）"),
    ("reads-to-the-end", "sends-a-line", true, "（read_to_end）才往下走"),
    ("reads-until-crlf", "sends-a-line", true, "「服务器端」在等 \\r\\n"),
    ("echoes", "wants-more-than-its-echo", true, "「客户端」要收满一定的字节数才往下走"),
    ("polls-its-listener-only", "sends-a-word", true, "「客户端」发来的 5 字节它还没有读"),
    ("reads-to-the-end", "sends-a-part", true, "其余"),
    (
        "wants-64-bytes",
        "writes-into-a-buffer",
        false,
        "「客户端」写的话留在它自己的缓冲区（BufWriter）里",
    ),
];

pub const PROCESSES: &[Case] = &[
    Script("主 $ lesson-x reads-input\n主 < 一行\n主 结束\n", "「主」在等有人从键盘输入"),
    One("keeps-the-pipe", "可管道的写端只有父进程自己还开着（没有关）"),
    One("child-keeps-the-pipe", "可管道的写端只有子进程自己还开着（没有关）"),
    One("both-keep-the-pipe", "可管道的写端只有父进程和子进程自己还开着（都没有关）"),
    One("own-pipe", "「主」在读管道，可管道的写端只有它自己还开着（没有关）"),
    One("full-pipe", "「主」在写管道，管道满了，可读端只有它自己开着，它又不读"),
    One("child-fills-the-pipe", "子进程等人读走管道里的数据：管道满了（65536 字节），可没有人读"),
    One("pipes-of-each-other", "父进程在等子进程往管道里写，子进程也在等父进程往管道里写"),
    One("stops-its-child", "父进程在等子进程结束，可子进程被信号暂停了"),
    One("child-pauses", "父进程在等子进程结束，子进程却在等一个信号"),
    One("pauses", "「主」在等一个信号，可没有人会发"),
    One("suspends", "「主」在等一个信号，可没有人会发"),
    One("awaits-a-signal", "「主」在等一个信号，可没有人会发"),
    One("opens-a-fifo", "「主」在打开 fifo：它是命名管道（FIFO），要有人打开另一头"),
    One("forks-while-locked", "fork 的时候父进程有几个线程"),
    One("grandchild-keeps-the-pipe", "写端还开着、却不写的是"),
    One(
        "waits-for-a-full-output",
        "子进程等人读走管道里的数据：管道满了（65536 字节），可没有人读",
    ),
    One("waits-for-an-open-input", "可管道的写端只有父进程自己还开着（没有关），它也不写"),
    One("locks-a-file", "父进程在等一个文件的锁（flock），拿着它的子进程不放，子进程在等一个信号"),
];

pub const LOCKS: &[Case] = &[
    One("locks-crosswise", "两个线程各拿着一把锁，等对方手里的那一把"),
    One("locks-crosswise-parking-lot", "两把锁，次序相反"),
    One("locks-crosswise-rwlock", "两个线程都在等锁，谁也不放"),
    One("locks-in-a-ring", "3 个线程各拿着一把锁，等别人手里的那一把"),
    One("locks-twice", "还没有放：同一个线程锁两次，等的是自己"),
    One("locks-twice-parking-lot", "还没有放：同一个线程锁两次，等的是自己"),
    One("writes-while-reading", "还没有放：同一个线程锁两次，等的是自己"),
    One("forgets-the-guard", "或者拿着锁的线程没有放就结束了"),
    One("joins-while-holding", "在等一把锁，拿着锁的人不放：主线程（main）还拿着"),
    One("holds-in-accept", "锁上了它，还没有放"),
    Two("holds-in-recv", "says-nothing", "锁上了它，还没有放"),
    One("locks-in-a-loop-head", "那里的临时值到整个块结束才放"),
    One("locks-in-a-called-function", "同一个线程锁两次"),
    One("locks-by-name-crosswise", "两把锁，次序相反"),
    One("holds-in-join-of-another", "拿着锁的人不放：主线程（main）还拿着"),
    One("sends-while-holding", "主线程（main）在往通道发送（send），等通道腾出位子"),
];

pub const THREADS: &[Case] = &[
    One("joins-a-receiver", "在等一个再也没有人发送的通道"),
    One("joins-a-crossbeam-receiver", "在等一个再也没有人发送的通道"),
    One("joins-a-selecting-thread", "在等几个通道里的一个（select）"),
    One("joins-a-sender", "在等通道腾出位子，可再也没有人接收"),
    One("receives-what-it-keeps", "「主」在等一个再也没有人发送的通道：发送端还有人拿着"),
    One("never-notified", "「主」在等条件变量，可再也没有人通知（notify）"),
    One("never-notified-in-a-thread", "在等条件变量，可再也没有人通知（notify）"),
    One("one-is-missing", "在等别的线程到齐（barrier），可来的人不够"),
    One("wait-group", "在等 WaitGroup 的副本都放掉，可还有人拿着"),
    One("scope-never-ends", "停着等人叫醒（park），可再也没有人叫它（unpark）"),
    One("parks", "「主」停着等人叫醒（park），可再也没有人叫它（unpark）"),
    One("joins-each-other", "在互相等对方结束（join）"),
    One("notifies-too-late", "行才 changed.notify_one()，却停在第"),
    One("notified-before", "notify 来得比 wait 早"),
    One("unparks-too-late", "行才 handle.unpark()，却停在第"),
    One("keeps-the-first-sender", "的发送端 sender 到第"),
    One("sends-after-joining", "行才 sender.send()，却停在第"),
    One("leader-ends", "停着等人叫醒（park），可再也没有人叫它（unpark）"),
];

pub const PYTHON: &[Case] = &[
    Script(
        "服务器端 $ lesson-py bank.py listens\n服务器端 监听 127.0.0.1:8888\n\
         客户端 $ lesson-py bank.py says-nothing\n客户端 结束\n",
        "「服务器端」在等「客户端」先说话，「客户端」也在等「服务器端」先说话",
    ),
    Script(
        "服务器端 $ lesson-py bank.py reads-to-the-end\n服务器端 监听 127.0.0.1:8888\n\
         客户端 $ lesson-py bank.py does-not-half-close\n客户端 结束\n",
        "「客户端」没有半关闭（shutdown）",
    ),
    Script(
        "主 $ lesson-py bank.py accepts-for-ever\n",
        "「主」在 accept 等下一个客户端，可是再没有客户端会来",
    ),
    Script("主 $ lesson-py bank.py keeps-the-pipe\n", "可管道的写端只有父进程自己还开着（没有关）"),
    Script("主 $ lesson-py bank.py locks-twice\n", "同一个线程锁两次，等的是自己"),
    Script("主 $ lesson-py bank.py joins-a-receiver\n", "可再也没有人放（put）"),
];

impl Case {
    /// What is played, without its heading.
    pub fn script(self) -> String {
        match self {
            One(mode, _) => format!("主 $ lesson-x {mode}\n"),
            Two(server, client, _) => {
                pair(&format!("lesson-x {server}"), &format!("lesson-x {client}"))
            }
            Script(script, _) => script.to_owned(),
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            One(_, sentence) | Two(_, _, sentence) | Script(_, sentence) => sentence,
        }
    }

    /// Plays it; the only failure must be the standstill, with this sentence.
    pub fn explained(self) -> Option<Played> {
        let script = self.script();
        let played = played(&script, 0)?;
        let rules: Vec<Rule> = played.verdict.failures.iter().map(|one| one.rule).collect();
        assert_eq!(rules, [Rule::Hang], "{script}\n{:#?}", played.verdict);
        let cause = played.cause.as_ref().unwrap();
        assert!(cause.sentence.contains(self.sentence()), "{script}\n{cause:#?}");
        Some(played)
    }
}
