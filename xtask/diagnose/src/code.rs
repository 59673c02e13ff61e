//! The kinds of causes, and what helps against each.
//!
//! | file | task |
//! | --- | --- |
//! | `table` | the kinds themselves, with their names |

mod table;

pub use table::Code;

/// What to change in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Give the lock back before it is taken again, or before waiting for something else.
    ReleaseLock,
    /// Take the locks in the same order everywhere.
    LockInOneOrder,
    /// Drop every sender that is no longer needed.
    DropSenders,
    /// Receive what is sent into the channel.
    ReceiveFromChannel,
    /// Notify the condition variable.
    Notify,
    /// Drop every copy of the wait group.
    DropWaitGroup,
    /// Unpark the thread.
    Unpark,
    /// Send `SIGCONT`.
    Continue,
    /// Close the ends of the pipe that are not needed, after `fork(2)`.
    ClosePipeEnds,
    /// Read the pipe before waiting for its writer.
    ReadPipe,
    /// Send the newline.
    SendNewline,
    /// Receive before everything is sent.
    ReceiveWhileSending,
    /// Send what was not taken, too.
    SendAll,
    /// Write and read lengths in the same byte order.
    OneByteOrder,
    /// Count the bytes of a text, not its characters.
    CountBytes,
    /// Agree on where a message ends.
    FrameMessages,
    /// Read a connection through one buffered reader.
    KeepOneBuffer,
    /// Flush what was written.
    Flush,
    /// Serve each client in a thread or process of its own.
    ServeSeveral,
    /// Close the copy of a descriptor that `fork(2)` has made.
    CloseInherited,
    /// Half-close (`shutdown(2)`) when all is said.
    HalfClose,
    /// Accept the client.
    Accept,
    /// Close the connection when it is done with.
    CloseConnection,
    /// Give the file's lock back.
    UnlockFile,
}

impl Code {
    /// The mistakes of programs that do something else than their script asks.
    pub fn mistakes() -> &'static [Code] {
        &Code::ALL[Code::ThreadsForProcesses as usize..=Code::WrongExitCode as usize]
    }

    /// What to change; `None`: that depends on what the program is for.
    pub fn remedy(self) -> Option<Remedy> {
        Some(match self {
            Code::LockWithoutOwner
            | Code::LockHeldByWaiter
            | Code::LockHeld
            | Code::LockTakenTwice => Remedy::ReleaseLock,
            Code::LocksInOppositeOrder => Remedy::LockInOneOrder,
            Code::ChannelNeverSent => Remedy::DropSenders,
            Code::ChannelNeverReceived => Remedy::ReceiveFromChannel,
            Code::ConditionNeverNotified => Remedy::Notify,
            Code::WaitGroupNeverDone => Remedy::DropWaitGroup,
            Code::ParkNeverUnparked => Remedy::Unpark,
            Code::StoppedBySignal => Remedy::Continue,
            Code::PipeEndLeftOpen => Remedy::ClosePipeEnds,
            Code::PipeNeverRead => Remedy::ReadPipe,
            Code::NewlineMissing => Remedy::SendNewline,
            Code::BothSend => Remedy::ReceiveWhileSending,
            Code::SendCutShort => Remedy::SendAll,
            Code::ByteOrderDiffers => Remedy::OneByteOrder,
            Code::TextTakenForLength => Remedy::CountBytes,
            Code::FullReadTakenForPart
            | Code::MessagesStuckTogether
            | Code::ReceivedInPart
            | Code::OneReadForAll => Remedy::FrameMessages,
            Code::BufferDropped => Remedy::KeepOneBuffer,
            Code::BufferNotFlushed => Remedy::Flush,
            Code::ServesOneAtATime => Remedy::ServeSeveral,
            Code::ConnectionKeptOpen => Remedy::CloseInherited,
            Code::HalfCloseMissing => Remedy::HalfClose,
            Code::NeverAccepted => Remedy::Accept,
            Code::ConnectionNeglected => Remedy::CloseConnection,
            Code::FileLockTakenTwice | Code::FileLockHeld => Remedy::UnlockFile,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let ids: BTreeSet<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(ids.len(), Code::ALL.len());
        let is_kebab = |id: &str| id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(ids.iter().all(|id| is_kebab(id)), "{ids:?}");
    }
}
