fn main() {
    todo!("{{gap}} 从这里开始写")
}
