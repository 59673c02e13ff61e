// cmd: main
// ends: fails
// cause: Unix 套接字的文件在监听者关闭以后不会自己消失，第二次“启动”bind 同一个路径得到 AddrInUse；bind 之前（或结束时）要删掉那个文件。
// lines: main.rs:11（第二次 bind 失败）、main.rs:19（关了监听，没有删文件）
// not: “前一个服务器还在听”（监听者已经丢掉）；“端口被占用”（没有端口）；“没有权限”
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

fn serve(path: &Path) {
    let listener = UnixListener::bind(path).expect("bind");
    let mut client = UnixStream::connect(path).expect("connect");
    let (mut server, _) = listener.accept().expect("accept");
    server.write_all(b"hi").expect("write");
    drop(server);
    let mut text = String::new();
    client.read_to_string(&mut text).expect("read");
    println!("收到 {text}");
}

fn main() {
    let path = std::env::temp_dir().join("stranger-7151.sock");
    let _ = std::fs::remove_file(&path); // 昨天留下的
    serve(&path);
    println!("重启");
    serve(&path);
}
