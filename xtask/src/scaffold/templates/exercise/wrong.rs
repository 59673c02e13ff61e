// {{program}}：「待写：报告先说的是哪个代码，cargo xtask explain 列出全部」
// 「待写：一种错的写法；文件名改成错在哪里，几种就几个文件」
fn main() {}
