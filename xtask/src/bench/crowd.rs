//! Slow clients, and a fast one that comes while they are at it: lesson 11 against the looping server of lesson 04.
//!
//! What a waiting client sends is kept for it by the kernel, so small files cost a server that serves one after the
//! other nothing but the order; files that do not fit there wait for their turn. Both are measured.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, ensure};
use nix::sys::socket::{setsockopt, sockopt};

use super::Bench;
use super::client::Client;
use super::process::{start, stop_if_interrupted};
use super::sample::{Rounds, median, shown};
use super::table::Table;

/// The servers: how they are called, their program.
const SERVERS: [(&str, &str); 2] = [
    ("第 11 课，并发", "lesson-11-concurrent-upload-server"),
    ("第 04 课，循环", "lesson-04-upload-looping-server"),
];
/// A slow client sends its file in so many pieces…
const PIECES: usize = 10;
/// … with so much time after each.
const PAUSE: Duration = Duration::from_millis(100);
/// The fast client comes when the slow ones have been there so long.
const FAST_COMES: Duration = Duration::from_millis(300);
/// How long a client waits for its turn: longer than everybody before it takes.
const PATIENCE: Duration = Duration::from_secs(120);
const FOLDER: &str = "uploads";

/// The slow clients of one measurement.
#[derive(Debug, Clone, Copy)]
struct Crowd {
    clients: u32,
    /// Bytes in a piece.
    piece: usize,
}

/// Measures with `clients` slow clients, and with a fifth of them that have bigger files; returns the report.
///
/// # Errors
/// Ctrl-C was pressed.
pub fn measure(bench: &Bench, clients: u32) -> Result<String> {
    // 64 KiB: two or three pieces of it fill what the kernel keeps for a client that nobody serves
    let crowds = [
        (Crowd { clients, piece: 100 }, bench.rounds),
        (Crowd { clients: clients.div_ceil(5), piece: 64 * 1024 }, 1),
    ];
    let mut text = String::new();
    for (crowd, rounds) in crowds {
        let Crowd { clients, piece } = crowd;
        let mut table = Table::new(&["服务器端", "全部传完", "快的客户端"]);
        let mut faults = Vec::new();
        let mut times = [(); 2].map(|()| (Rounds::new(), Rounds::new()));
        for _ in 0..rounds {
            for ((name, program), (all, fast)) in SERVERS.iter().zip(&mut times) {
                match visit(bench, program, crowd) {
                    Ok((everybody, visitor)) => {
                        all.push(Some(everybody));
                        fast.push(Some(visitor));
                    }
                    Err(fault) => {
                        stop_if_interrupted()?;
                        faults.push(format!("{name}：{fault:#}"));
                    }
                }
            }
        }
        for ((name, _), (all, fast)) in SERVERS.iter().zip(&times) {
            if let (Some(all), Some(fast)) = (median(all), median(fast)) {
                table.row([(*name).to_owned(), shown(all), shown(fast)]);
            }
        }
        let size = match piece * PIECES {
            bytes if bytes < 10_240 => format!("{bytes} 字节"),
            bytes => format!("{} KiB", bytes / 1024),
        };
        let comes = FAST_COMES.as_secs_f64();
        let _ = writeln!(
            text,
            "慢的客户端 {clients} 个同时来，每个用 1 秒传 {size}；{comes:.1} 秒时来一个快的（{rounds} 遍的中位）"
        );
        let _ = write!(text, "{table}");
        for fault in faults {
            let _ = writeln!(text, "  没有量成：{fault}");
        }
        text.push('\n');
    }
    text += "  传得少时，内核替排队的客户端先收着，一次接待一个也只是后回复；传得多，内核收不下，就只能等。\n";
    Ok(text)
}

/// Starts the server and sends everybody to it: the time until all are done, and the time of the fast one.
fn visit(bench: &Bench, program: &str, crowd: Crowd) -> Result<(Duration, Duration)> {
    let mut command = bench.program(program)?;
    command.args(["--addr", "127.0.0.1:0", "--dir", FOLDER]).current_dir(&bench.place.folder);
    let mut server = start(command)?;
    let address = server.address()?;
    let began = Instant::now();
    let uploads = thread::scope(|scope| {
        let slow: Vec<_> = (0..crowd.clients)
            .map(|_| {
                let upload = move || upload(address, PIECES, crowd.piece, PAUSE);
                thread::Builder::new().spawn_scoped(scope, upload).context("创建线程")
            })
            .collect();
        thread::sleep(FAST_COMES.saturating_sub(began.elapsed()));
        let came = Instant::now();
        let fast = upload(address, 1, 1024, Duration::ZERO).context("快的客户端");
        let fast = fast.map(|()| came.elapsed())?;
        for client in slow {
            client?.join().ok().context("客户端的线程出错")?.context("慢的客户端")?;
        }
        anyhow::Ok((began.elapsed(), fast))
    });
    drop(server);
    let folder = bench.place.folder.join(FOLDER);
    let files = fs::read_dir(&folder)?.count();
    fs::remove_dir_all(&folder)?;
    let expected = crowd.clients as usize + 1;
    ensure!(uploads.is_err() || files == expected, "应该有 {expected} 个文件，只有 {files} 个");
    uploads
}

/// One client: sends its pieces with a pause after each, and waits for the reply.
fn upload(address: SocketAddrV4, pieces: usize, piece: usize, pause: Duration) -> Result<()> {
    let mut server = Client::connect(address, PATIENCE)?;
    // as on a slow line: what the server does not take stays with the client
    setsockopt(&server.socket, sockopt::SndBuf, &4096)?;
    let bytes = vec![b'x'; piece];
    for _ in 0..pieces {
        stop_if_interrupted()?;
        server.write_all(&bytes)?;
        thread::sleep(pause);
    }
    ensure!(!server.finish()?.is_empty(), "没有回复");
    Ok(())
}
