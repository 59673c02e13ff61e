// 「待写：{{program}} 的另一种对的写法，和 solution 里的不同」
fn main() {}
