use encoding_rs::GBK;

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "黑马程序员".to_owned());
    let mut characters = 0;
    let mut utf8 = 0;
    let mut gbk = 0;
    let mut end_of_two = text.len();
    for (position, character) in text.char_indices() {
        if characters == 2 {
            end_of_two = position;
        }
        characters += 1;
        utf8 += character.len_utf8();
        gbk += GBK.encode(&character.to_string()).0.len();
    }
    println!("字数:{characters}");
    println!("UTF-8 字节数:{utf8}");
    println!("GBK 字节数:{gbk}");
    println!("前两个字:{}", &text[..end_of_two]);
}
