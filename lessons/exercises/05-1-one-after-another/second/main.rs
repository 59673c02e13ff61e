use std::io::{self, Write};

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    // 先在内存里把全部的文字接好，最后一次写出去
    let mut text = lines("烧水", &args[1]);
    text.push_str(&"-".repeat(5));
    text.push('\n');
    text += &lines("泡茶", &args[2]);
    io::stdout().write_all(text.as_bytes())
}

fn lines(what: &str, times: &str) -> String {
    let times: usize = times.parse().expect("要写数");
    (1..=times).map(|i| format!("{what}第{i}遍\n")).collect()
}
