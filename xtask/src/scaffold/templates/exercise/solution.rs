// 「待写：{{program}} 的一种对的写法」
fn main() {}
