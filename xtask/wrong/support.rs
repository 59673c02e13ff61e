// What the wrong programs use: the command line, what a server says first, and the kernel without a crate.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// The value of an option, or what it is without one.
pub fn option(name: &str, otherwise: &str) -> String {
    let args: Vec<String> = std::env::args().collect();
    let at = args.iter().position(|arg| arg == name);
    at.and_then(|at| args.get(at + 1)).cloned().unwrap_or_else(|| otherwise.to_owned())
}

/// The first argument that is neither an option nor its value.
pub fn file() -> Option<String> {
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.starts_with("--") {
            true => drop(args.next()),
            false => return Some(arg),
        }
    }
    None
}

/// Listens where the command line says, and says so.
pub fn listen(otherwise: &str) -> TcpListener {
    let addr = option("--addr", otherwise);
    let listener = match TcpListener::bind(&addr) {
        Ok(listener) => listener,
        Err(_) => {
            eprintln!("错误：② 绑定 {addr}：地址已被占用（EADDRINUSE）。换一个端口");
            std::process::exit(1)
        }
    };
    announce(&addr);
    listener
}

pub fn announce(addr: impl std::fmt::Display) {
    eprintln!("正在监听 {addr}");
}

/// Connects where the command line says.
pub fn connect(otherwise: &str) -> TcpStream {
    let addr = option("--addr", otherwise);
    TcpStream::connect(&addr).unwrap_or_else(|_| {
        eprintln!("错误：② 连接服务器 {addr}：对方没有在监听（ECONNREFUSED）。先启动它");
        std::process::exit(1)
    })
}

/// The exchange of lesson 01, as a server does it.
pub fn exchange(mut client: &TcpStream, from: SocketAddr) -> io::Result<()> {
    client.write_all(b"welcome to socket")?;
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes)?;
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&bytes));
    Ok(())
}

/// A file under a name that is not yet its own.
pub fn temporary(folder: &str) -> (File, String) {
    fs::create_dir_all(folder).unwrap();
    let path = format!("{folder}/.part");
    (File::create(&path).unwrap(), path)
}

/// Gives it its name and says so.
pub fn keep(from: SocketAddr, part: &str, path: &str) {
    fs::rename(part, path).unwrap();
    received(from, path);
}

pub fn received(from: SocketAddr, path: &str) {
    let bytes = fs::metadata(path).unwrap().len();
    eprintln!("收下 {path}，{bytes} 字节，来自客户端 {from}");
}

/// Ctrl-C ends the program well.
pub fn end_at_ctrl_c() {
    extern "C" fn end(_: i32) {
        unsafe { kernel::_exit(0) }
    }
    unsafe { kernel::signal(2, end) };
}

/// Receives what a client of lesson 11 sends until its end, keeps it and says so; waits at most so many seconds for more.
pub fn store_upload(mut client: TcpStream, from: SocketAddr, limit: f64) {
    client.set_read_timeout(Some(std::time::Duration::from_secs_f64(limit))).unwrap();
    let mut bytes = Vec::new();
    match client.read_to_end(&mut bytes) {
        Ok(_) => store_bytes(client, from, &bytes),
        Err(error) => eprintln!("客户端 {from} 失败：等待超时：{error}"),
    }
}

/// Keeps the bytes under the first number that is free, and answers.
pub fn store_bytes(mut client: TcpStream, from: SocketAddr, bytes: &[u8]) {
    fs::create_dir_all("data").unwrap();
    let part = format!("data/.part{}", from.port());
    fs::write(&part, bytes).unwrap();
    let mut names = (1..).map(|nth| format!("data/picture_{nth}.jpg"));
    let path = names.find(|path| fs::hard_link(&part, path).is_ok()).unwrap();
    fs::remove_file(&part).unwrap();
    received(from, &path);
    client.set_nonblocking(false).unwrap();
    client.write_all(REPLY).unwrap();
}

/// Receives one file of lesson 11 under the next number, and answers.
pub fn upload(mut client: TcpStream, from: SocketAddr) {
    let mut bytes = Vec::new();
    if client.read_to_end(&mut bytes).is_err() {
        return;
    }
    fs::create_dir_all("data").unwrap();
    let free = |number: &u32| !fs::exists(format!("data/picture_{number}.jpg")).unwrap();
    let path = format!("data/picture_{}.jpg", (1..).find(free).unwrap());
    fs::write("data/.part", &bytes).unwrap();
    keep(from, "data/.part", &path);
    let _ = client.write_all(REPLY);
}

/// What the client of lesson 04 sends: its file, or the tongue twister.
pub fn to_send() -> Vec<u8> {
    let Some(path) = file() else { return TWISTER.as_bytes().to_vec() };
    fs::read(&path).unwrap_or_else(|_| {
        eprintln!("错误：打开 {path}：没有这个文件或目录（ENOENT）。看看名字");
        std::process::exit(1)
    })
}

pub const TWISTER: &str = include_str!("../../lessons/04-upload-client/tongue-twister.txt");

pub const REPLY: &[u8] = "文件上传成功!".as_bytes();

pub fn sleep(milliseconds: u64) {
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
}

/// The system calls that std has not.
pub mod kernel {
    extern "C" {
        pub fn fork() -> i32;
        pub fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
        pub fn kill(pid: i32, signal: i32) -> i32;
        pub fn signal(signal: i32, handler: extern "C" fn(i32)) -> usize;
        pub fn poll(all: *mut Ready, count: u64, milliseconds: i32) -> i32;
        pub fn getpid() -> i32;
        pub fn getppid() -> i32;
        pub fn gettid() -> i32;
        pub fn _exit(code: i32) -> !;
        pub fn socket(family: i32, kind: i32, protocol: i32) -> i32;
        pub fn close(fd: i32) -> i32;
        pub fn bind(fd: i32, addr: *const Addr, length: u32) -> i32;
        pub fn listen(fd: i32, backlog: i32) -> i32;
        pub fn setsockopt(fd: i32, level: i32, name: i32, value: *const i32, length: u32) -> i32;
    }

    /// `struct pollfd` of poll(2).
    #[repr(C)]
    pub struct Ready {
        pub fd: i32,
        pub events: i16,
        pub revents: i16,
    }

    impl Ready {
        /// Whether something has come.
        pub fn of(fd: i32) -> Ready {
            Ready { fd, events: 1, revents: 0 }
        }
    }

    /// `sockaddr_in` of ip(7).
    #[repr(C)]
    pub struct Addr {
        pub family: u16,
        pub port: u16,
        pub ip: [u8; 4],
        pub zero: [u8; 8],
    }

    /// `port` as it stands in memory.
    pub fn addr(ip: [u8; 4], port: u16) -> Addr {
        Addr { family: 2, port, ip, zero: [0; 8] }
    }

    pub fn wait(pid: i32) {
        unsafe { waitpid(pid, std::ptr::null_mut(), 0) };
    }

    /// A child that does this and ends.
    pub fn child(work: impl FnOnce()) -> i32 {
        match unsafe { fork() } {
            0 => {
                work();
                std::process::exit(0)
            }
            pid => pid,
        }
    }

    pub fn reuse(fd: i32) {
        let on = 1;
        unsafe { setsockopt(fd, 1, 2, &on, 4) };
    }

    pub fn bind_to(fd: i32, addr: Addr) {
        assert_eq!(unsafe { bind(fd, &addr, 16) }, 0);
    }

    pub fn listener(fd: i32) -> std::net::TcpListener {
        use std::os::fd::FromRawFd;
        assert_eq!(unsafe { listen(fd, 5) }, 0);
        unsafe { std::net::TcpListener::from_raw_fd(fd) }
    }
}
