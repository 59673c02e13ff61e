//! A failure of xtask itself, in Chinese.

use std::error::Error;
use std::io;

use nix::errno::Errno;

use events::error_in_words;

/// The whole chain of causes in one line; what the system says is told in the words that pictures and lessons use, too.
pub fn in_words(error: &anyhow::Error) -> String {
    error.chain().map(reason).collect::<Vec<_>>().join(": ")
}

fn reason(cause: &(dyn Error + 'static)) -> String {
    match (cause.downcast_ref::<io::Error>(), cause.downcast_ref::<Errno>()) {
        (Some(error), _) => error_in_words(error),
        (None, Some(errno)) => error_in_words(&(*errno).into()),
        (None, None) => cause.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn what_the_system_says_is_told_in_chinese() {
        let said = |errno: Errno| {
            let failed: io::Result<()> = Err(errno.into());
            in_words(&failed.context("读不了 甲").unwrap_err())
        };
        assert_eq!(said(Errno::ENOENT), "读不了 甲: 没有这个文件或目录（ENOENT）");
        assert_eq!(said(Errno::ENAMETOOLONG), "读不了 甲: 名字太长（ENAMETOOLONG）");
        let full: anyhow::Error = io::Error::from_raw_os_error(Errno::ENOSPC as i32).into();
        assert_eq!(in_words(&full), "磁盘已满（ENOSPC）");
        assert_eq!(
            in_words(&anyhow::Error::from(Errno::EPROTONOSUPPORT)),
            "不支持这个协议（EPROTONOSUPPORT）"
        );
        assert_eq!(in_words(&anyhow::anyhow!("别的")), "别的");
    }
}
