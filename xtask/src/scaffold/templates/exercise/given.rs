//! 练习 {{id}} 的 {{program}}，已经写好：「待写：它做什么」

fn main() {}
