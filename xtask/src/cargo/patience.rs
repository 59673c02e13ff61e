//! What is said when something takes longer than one waits without a word.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// So long nobody wonders.
const UNTOLD: Duration = Duration::from_secs(1);

/// While it lives, something is being done.
pub struct Busy {
    over: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

/// To whoever watches standard error on a terminal this is said, if what begins now is not over soon.
pub fn told(what: String) -> Option<Busy> {
    std::io::stderr().is_terminal().then(|| {
        told_after(UNTOLD, move || {
            let _ = writeln!(std::io::stderr(), "{what}");
        })
    })
}

fn told_after(time: Duration, tell: impl FnOnce() + Send + 'static) -> Busy {
    let (over, is_over) = channel();
    let teller = std::thread::Builder::new().spawn(move || {
        if is_over.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
            tell();
        }
    });
    // no thread to be had: then nothing is said
    Busy { over: Some(over), teller: teller.ok() }
}

impl Drop for Busy {
    fn drop(&mut self) {
        drop(self.over.take());
        // nothing is said any more once it is over
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_soon_is_not_told_and_what_lasts_is() {
        let (said, told) = channel();
        let tell = |word| {
            let said = said.clone();
            move || said.send(word).unwrap()
        };
        drop(told_after(Duration::MAX, tell("at once")));
        let lasts = told_after(Duration::ZERO, tell("lasts"));
        assert_eq!(told.recv(), Ok("lasts"));
        drop(lasts);
        drop(said);
        assert!(told.recv().is_err());
    }
}
