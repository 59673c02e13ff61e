use std::process;

fn main() {
    let word = std::env::args().nth(1).unwrap_or_else(|| "3".to_owned());
    match word.parse::<u32>() {
        Ok(count) => {
            // println! 见到换行就写，没有攒着的
            for _ in 0..count {
                println!("又一只羊");
            }
            println!("一共{count}只");
            process::exit(0)
        }
        Err(_) => {
            eprintln!("要数几只？「{word}」不是数");
            process::exit(2)
        }
    }
}
