// Right: a thousand lines at a time, with write itself, as often as it takes.

extern "C" {
    fn write(fd: i32, bytes: *const u8, length: usize) -> isize;
}

fn put(text: &str) {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        let count = unsafe { write(1, left.as_ptr(), left.len()) };
        assert!(count > 0);
        left = &left[count as usize..];
    }
}

pub fn main() {
    let block: String = std::iter::repeat("hello world\n").take(1000).collect();
    (0..1000).for_each(|_| put(&block));
    put("-----------------------\n");
    put("hello python\n");
    put("hello python\n");
}
