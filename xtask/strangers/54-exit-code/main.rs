// cmd: main
// ends: fails
// cause: 子进程是被 SIGKILL 杀死的，没有退出码，status.code() 是 None，unwrap 就 panic；要用 ExitStatusExt::signal() 看是哪个信号（None 时另外处理）。
// lines: main.rs:11（子进程杀了自己）、main.rs:15（code() 是 None，panic）
// not: “子进程退出码是 9”；“子进程没有启动”；“wait 失败了”
use std::process::Command;

fn main() {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg("echo 开始干活; kill -KILL $$; echo 干完了")
        .spawn()
        .expect("没有 sh");
    let status = child.wait().expect("wait");
    let code = status.code().unwrap();
    println!("退出码 {code}");
}
