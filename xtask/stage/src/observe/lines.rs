//! From bytes to lines. Equal lines that arrive together become one, with a count.

/// A line and how many times it came in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Without its newline; bytes that are not UTF-8 become U+FFFD.
    pub text: String,
    pub count: u64,
    /// It ended in a newline.
    pub whole: bool,
}

/// The part of a stream that is not yet a whole line.
#[derive(Debug, Default)]
pub struct Splitter {
    rest: Vec<u8>,
}

impl Splitter {
    /// Adds bytes; returns the lines that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Folded> {
        let mut lines: Vec<Folded> = Vec::new();
        let mut last: Vec<u8> = Vec::new();
        let mut bytes = bytes;
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let equal = if self.rest.is_empty() { equal_lines(bytes, end + 1) } else { 1 };
            if equal > 1 {
                let (block, tail) = bytes.split_at(equal * (end + 1));
                bytes = tail;
                match lines.last_mut() {
                    Some(folded) if last == block[..end] => folded.count += equal as u64,
                    _ => {
                        last = block[..end].to_vec();
                        lines.push(Folded { count: equal as u64, ..line(&last, true) });
                    }
                }
                continue;
            }
            let (head, tail) = bytes.split_at(end);
            bytes = &tail[1..];
            let whole = if self.rest.is_empty() {
                head
            } else {
                self.rest.extend_from_slice(head);
                &self.rest
            };
            match lines.last_mut() {
                Some(folded) if last == whole => folded.count += 1,
                _ => {
                    last = whole.to_vec();
                    lines.push(line(whole, true));
                }
            }
            self.rest.clear();
        }
        self.rest.extend_from_slice(bytes);
        lines
    }

    /// The stream has ended: what is left is half a line.
    pub fn finish(&mut self) -> Option<Folded> {
        let rest = std::mem::take(&mut self.rest);
        (!rest.is_empty()).then(|| line(&rest, false))
    }
}

/// How many equal lines of this length the bytes begin with. Never more is compared than is then done with.
fn equal_lines(bytes: &[u8], length: usize) -> usize {
    let whole = bytes.len() / length * length;
    // a million equal lines come as blocks of nothing else: one comparison for all of a block
    if bytes[length..whole] == bytes[..whole - length] {
        return whole / length;
    }
    let (first, others) = bytes.split_at(length);
    1 + others.chunks_exact(length).take_while(|line| *line == first).count()
}

fn line(bytes: &[u8], whole: bool) -> Folded {
    Folded { text: String::from_utf8_lossy(bytes).into_owned(), count: 1, whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Folded]) -> Vec<(&str, u64)> {
        lines.iter().map(|line| (line.text.as_str(), line.count)).collect()
    }

    #[test]
    fn lines_cut_anywhere_are_put_together_again() {
        let text = "一行\n第二行\n\n末".as_bytes();
        for cut in 0..=text.len() {
            let mut splitter = Splitter::default();
            let mut lines = splitter.push(&text[..cut]);
            lines.extend(splitter.push(&text[cut..]));
            assert_eq!(texts(&lines), [("一行", 1), ("第二行", 1), ("", 1)], "cut at {cut}");
            let last = splitter.finish().unwrap();
            assert_eq!((last.text.as_str(), last.whole), ("末", false));
            assert_eq!(splitter.finish(), None);
        }
    }

    #[test]
    fn equal_lines_are_counted_however_they_are_cut() {
        let text = "hello\n".repeat(1000) + "end\n" + &"hello\n".repeat(500);
        for size in [1, 5, 6, 7, 600, 8192, text.len()] {
            let mut splitter = Splitter::default();
            let mut found: Vec<(String, u64)> = Vec::new();
            for part in text.as_bytes().chunks(size) {
                for Folded { text, count, whole } in splitter.push(part) {
                    assert!(whole);
                    match found.last_mut() {
                        Some((last, counted)) if *last == text => *counted += count,
                        _ => found.push((text, count)),
                    }
                }
            }
            let expected = [("hello", 1000), ("end", 1), ("hello", 500)];
            assert_eq!(found, expected.map(|(text, count)| (text.to_owned(), count)), "{size}");
            assert_eq!(splitter.finish(), None);
        }
    }

    /// Were every line compared with all that follow, this would take half an hour.
    #[test]
    fn many_equal_lines_before_another_one_are_compared_once() {
        let text = "\n".repeat(8 << 20) + "end of it\n";
        let lines = Splitter::default().push(text.as_bytes());
        assert_eq!(texts(&lines), [("", 8 << 20), ("end of it", 1)]);
    }

    #[test]
    fn equal_lines_are_folded() {
        let mut splitter = Splitter::default();
        let lines = splitter.push("a\na\na\nb\na\n".as_bytes());
        assert_eq!(texts(&lines), [("a", 3), ("b", 1), ("a", 1)]);
    }
}
