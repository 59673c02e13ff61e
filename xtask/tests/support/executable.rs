//! Writes programs that are started at once, by a test that is not alone in its process.
//!
//! Not by this process itself: whatever another thread forks meanwhile holds the file open for writing until it becomes
//! another program, and nobody can start it until then (`ETXTBSY` of execve(2)).

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program at `path`; whoever may do what with it: `mode`.
pub fn executable(path: &Path, bytes: &[u8], mode: u32) {
    let mut writer = Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\" && chmod \"$1\" \"$0\""])
        .arg(path)
        .arg(format!("{mode:o}"))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writer.stdin.take().unwrap().write_all(bytes).unwrap();
    assert!(writer.wait().unwrap().success(), "{}", path.display());
}
