//! Many calls, much output.

use std::io::{Read, Write};

pub fn act(name: &str, args: &[String]) -> bool {
    match name {
        "getppid" => {
            for _ in 0..args[0].parse::<u32>().unwrap() {
                std::hint::black_box(std::os::unix::process::parent_id());
            }
        }
        "write" => {
            // so many bytes, in one call if the kernel takes them so
            let bytes = vec![b'x'; args[0].parse().unwrap()];
            std::io::stdout().write_all(&bytes).unwrap();
        }
        "binary" => std::io::stdout().write_all(&[0xff, 0xfe, 0, 0x1b, b'[', b'2', b'J']).unwrap(),
        "echo" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).unwrap();
            print!("{text}");
        }
        "half-lines" => {
            print!("half ");
            eprint!("error ");
            std::io::stdout().flush().unwrap();
            println!("line");
        }
        _ => return false,
    }
    true
}
