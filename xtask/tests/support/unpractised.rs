//! The mistakes that no exercise has among its wrong programs, each with the reason why.

use diagnose::Code;

/// Why none can be practised, and which these are.
pub const REASONS: [(&str, &[Code]); 10] = [
    (
        "only Python's library, an event loop, or a handler of signals can do it",
        &[
            Code::EventNeverSet,
            Code::SemaphoreNeverReleased,
            Code::QueueNeverFilled,
            Code::QueueNeverEmptied,
            Code::TaskNeverDone,
            Code::FutureNeverDone,
            Code::PoolTasksWaitForEachOther,
            Code::PoolWorkerDied,
            Code::PoolResultNeverComes,
            Code::NothingToDo,
            Code::BehindThePoll,
            Code::LoopNotWoken,
            Code::LockTakenByHandler,
        ],
    ),
    (
        "no exercise has locks of files, named pipes, Unix sockets, SO_LINGER, or a fork beside threads",
        &[
            Code::FileLockTakenTwice,
            Code::FileLockHeld,
            Code::FifoNeverOpened,
            Code::NoSuchSocketFile,
            Code::SocketFileExists,
            Code::SocketPathTooLong,
            Code::LingerResets,
            Code::LockedAtFork,
        ],
    ),
    (
        "no exercise gives a thread its own handle, nor a server a reason to connect to itself",
        &[
            Code::ThreadsJoinEachOther,
            Code::WaitsForItself,
            Code::CalledFromWithin,
            Code::ConnectionToItself,
        ],
    ),
    (
        "it is the machine's fault; a scene has a network of its own, in which every port is free for everybody",
        &[Code::PortTakenElsewhere, Code::PortIsPrivileged, Code::TooManyOpen],
    ),
    (
        "the script lets the clients begin when the server listens, and demands that first",
        &[
            Code::NobodyListens,
            Code::NotYetListening,
            Code::NoLongerListens,
            Code::ServerCouldNotBind,
        ],
    ),
    (
        "what an exercise sends is too short: it fits into every buffer of the kernel",
        &[Code::PipeNeverRead, Code::BothSend, Code::SendCutShort, Code::WholeFileInMemory],
    ),
    (
        "only the scripts of the lessons ask for it: uploads, addresses on the command line, Ctrl-C, limits of time",
        &[
            Code::ArgumentIgnored,
            Code::SentOnlyPart,
            Code::ConnectedFirst,
            Code::ClientsAbandoned,
            Code::WaitedForNobody,
            Code::SignalNotHandled,
            Code::TimeLimitNotKept,
            Code::ExistingFileOverwritten,
            Code::SameNameTwice,
        ],
    ),
    (
        "it is recognised by what a lesson's program prints: an address, a list, the word for an error, lines of main",
        &[
            Code::BoundWithoutNeed,
            Code::DataNotShared,
            Code::ErrorFlagIgnored,
            Code::WrongExitCode,
            Code::MainNotAtOnce,
        ],
    ),
    (
        "tried: such a program is named first by another code, or by the rule that it breaks",
        &[
            Code::LockWithoutOwner,
            Code::LockHeld,
            Code::PipeWriterIdle,
            Code::PipeHasNoReader,
            Code::TextTakenForLength,
            Code::MessagesStuckTogether,
            Code::NeverAccepted,
            Code::InputNeverComes,
            Code::SignalNeverComes,
            Code::AddressInTimeWait,
            Code::AddressHasConnection,
            Code::ComputesForEver,
            Code::ReceivedInPart,
            Code::OneReadForAll,
            Code::OthersCameFirst,
            Code::DatagramCut,
            Code::ClientServedAgain,
            Code::TooManyServed,
        ],
    ),
    (
        "it says only that no cause was found",
        &[Code::NeverWoken, Code::WaitsAlone, Code::StandstillUnexplained],
    ),
];
