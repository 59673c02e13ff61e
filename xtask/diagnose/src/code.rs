//! The kinds of causes, and what helps against each.

/// A kind of cause. Machine formats carry its [`id`](Code::id): it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A thread waits for a lock, and no other thread is left that could give it back.
    LockWithoutOwner,
    /// Whoever has the lock waits for something else, or for those who want it.
    LockHeldByWaiter,
    /// A lock is not given back; by whom is not known.
    LockHeld,
    /// A thread waits for a lock that it has itself.
    LockTakenTwice,
    /// A process was made while another thread had the lock: in the new process nobody can give it back.
    LockedAtFork,
    /// Threads that have a lock each, and want another's.
    LocksInOppositeOrder,
    /// Two threads wait for each other's end.
    ThreadsJoinEachOther,
    /// A thread receives from a channel into which nobody sends.
    ChannelNeverSent,
    /// A thread sends into a full channel from which nobody receives.
    ChannelNeverReceived,
    /// None of several channels becomes ready.
    SelectNeverReady,
    /// A condition variable that nobody notifies.
    ConditionNeverNotified,
    /// Too few threads come to a barrier.
    BarrierTooFew,
    /// A wait group of which somebody keeps a copy.
    WaitGroupNeverDone,
    /// A parked thread that nobody unparks.
    ParkNeverUnparked,
    /// An event that nobody sets.
    EventNeverSet,
    /// A semaphore that nobody releases.
    SemaphoreNeverReleased,
    /// A thread takes from a queue into which nobody puts anything.
    QueueNeverFilled,
    /// A thread puts into a full queue from which nobody takes.
    QueueNeverEmptied,
    /// A thread waits until all of a queue is done, and nobody says so.
    TaskNeverDone,
    /// A task's result that nobody gives.
    FutureNeverDone,
    /// All workers of a pool wait for tasks that no worker is left for.
    PoolTasksWaitForEachOther,
    /// A pool's worker ended with its task: nobody sends the result.
    PoolWorkerDied,
    /// A pool's result that nobody sends.
    PoolResultNeverComes,
    /// An event loop in which every task waits.
    NothingToDo,
    /// Another thread should wake this one; more is not known.
    NeverWoken,
    /// A signal has stopped a process, and no other lets it go on.
    StoppedBySignal,
    /// A process waits for the end of a pipe whose writing end it or its parent has not closed.
    PipeEndLeftOpen,
    /// A process waits for a pipe into which its holders do not write.
    PipeWriterIdle,
    /// Whoever could write into a pipe waits for something else.
    PipeHoldersWaitElsewhere,
    /// A process writes into a full pipe that nobody reads.
    PipeNeverRead,
    /// Two processes each wait for what the other should write into a pipe.
    PipesOfEachOther,
    /// Who reads lines waits for the end of one that was sent without its newline.
    NewlineMissing,
    /// Both ends of a connection send, and neither receives.
    BothSend,
    /// Both ends of a connection wait for the first word.
    BothListen,
    /// A send took only a part of the bytes, and the rest was never sent.
    SendCutShort,
    /// Who wants a number of bytes has got fewer.
    BytesMissing,
    /// A length was read in the other byte order.
    ByteOrderDiffers,
    /// What is read as a length is a part of the text.
    TextTakenForLength,
    /// Who takes a receive that fills less than its buffer for the end has got exactly a full one.
    FullReadTakenForPart,
    /// One receive has got what was sent in several, and another is waited for.
    MessagesStuckTogether,
    /// What a buffered reader has read ahead is lost: another one waits for it.
    BufferDropped,
    /// What was written lies in the program's own buffer.
    BufferNotFlushed,
    /// One waits for the answer, the other for more; why is not known.
    AnswerNeverComes,
    /// A server waits for one client, and another speaks in vain.
    ServesOneAtATime,
    /// A process still holds a connection open that another has closed.
    ConnectionKeptOpen,
    /// Who has sent all waits for the answer; the other end waits for more.
    HalfCloseMissing,
    /// A client stands in the queue: nobody accepts it.
    NeverAccepted,
    /// Both ends of a connection belong to the one that waits.
    ConnectionToItself,
    /// A server waits for the next client, and has a connection open that it no longer serves.
    ConnectionNeglected,
    /// The process at the other end of a connection waits for something else.
    PeerWaitsElsewhere,
    /// A program waits for input that nobody types.
    InputNeverComes,
    /// A parent waits for a child that waits for something else.
    ChildNeverEnds,
    /// A server waits for a client that does not come.
    ClientNeverComes,
    /// A process waits for a file's lock that it has itself.
    FileLockTakenTwice,
    /// A file's lock is not given back.
    FileLockHeld,
    /// Nobody opens the other end of a named pipe.
    FifoNeverOpened,
    /// A program waits for a signal that nobody sends.
    SignalNeverComes,
    /// Nobody sends anything to a socket without a connection.
    SocketNeverSpokenTo,
    /// Nobody listened where a client wanted to connect.
    NobodyListens,
    /// Who listens on the port does so on IPv6 where IPv4 was asked for, or the other way round.
    ListensOnOtherFamily,
    /// Who listens on the port does so on another address.
    ListensOnOtherAddress,
    /// Who listens does so on another port.
    ListensOnOtherPort,
    /// The port has its two bytes exchanged.
    PortByteOrder,
    /// Who listened there had ended, or had closed its socket.
    NoLongerListens,
    /// Who listens there began only afterwards.
    NotYetListening,
    /// Who wanted to listen there could not bind.
    ServerCouldNotBind,
    /// A program listens on the address that another wants.
    AddressHasListener,
    /// A connection that was closed from here first still has the address.
    AddressInTimeWait,
    /// A connection was reset, since it was closed with bytes unread.
    ResetWithUnread,
    /// The other side had closed the connection.
    PeerHasClosed,
    /// Nobody reads the pipe any more.
    PipeHasNoReader,
    /// A socket that does not listen cannot accept.
    AcceptWithoutListen,
    /// A socket was bound a second time.
    BoundTwice,
    /// A socket without a connection was sent to or received from.
    NotConnected,
    /// A process ended before its threads were done.
    ThreadsLeftBehind,
    /// The end of a stream is received again and again.
    EndIgnored,
    /// It was sent in a direction that its own side had closed.
    SentAfterShutdown,
    /// A connection was closed with `SO_LINGER` of 0 seconds.
    LingerResets,
    /// Somebody who is none of the programs has the port.
    PortTakenElsewhere,
    /// A connection that is not over has the address.
    AddressHasConnection,
    /// A socket was connected a second time.
    ConnectedTwice,
    /// A datagram without an address.
    NoDestination,
    /// More bytes than a datagram holds.
    DatagramTooLong,
    /// A descriptor is not open, or not any more.
    NotOpen,
    /// The machine does not have the address.
    AddressNotHere,
    /// An ordinary user may not take the port.
    PortIsPrivileged,
    /// There is no way to the address.
    NetworkUnreachable,
    /// There is no file of this Unix socket.
    NoSuchSocketFile,
    /// A process has as many descriptors open as it may.
    TooManyOpen,
    /// A fault has killed a process.
    KilledByFault,
    /// A child that a signal has killed has no exit code, and its parent wants one.
    NoExitCode,
    /// A receive ended inside a character.
    TextCutInCharacter,
    /// A thread computes without a call.
    ComputesForEver,
    /// A thread asks again and again for what does not come.
    AsksForEver,
    /// A child that has ended was not waited for, and its parent asks whether it is still there.
    AsksForZombie,
    /// A socket that does not wait was asked too early.
    NotReadyYet,
    /// A program waited for a time of its own, and no longer.
    TimeLimitReached,
    /// Nobody was bound where a datagram was sent to.
    DatagramRefused,
    /// The file of a Unix socket was there already.
    SocketFileExists,
    /// A thread waits for the end of what it is itself in the middle of.
    WaitsForItself,
    /// Lines lie in a program's own buffer, where `select(2)` does not see them.
    BehindThePoll,
    /// A thread panicked while it had a lock (`Mutex` of std).
    LockPoisoned,
    /// One receive was taken for the whole message.
    ReceivedInPart,
    /// One receive was taken for all, and an unkind kernel handed over less.
    OneReadForAll,
    /// Others went on earlier than usual, and a program counted on the order.
    OthersCameFirst,
    /// A datagram was longer than the buffer that it was received into.
    DatagramCut,
    /// The path of a Unix socket is longer than an address holds.
    SocketPathTooLong,
    /// A thread was to wait for its own end, or a loop to run in itself.
    CalledFromWithin,
    /// A thread gave an event loop something to do, and did not wake it.
    LoopNotWoken,
    /// A signal's handler wants a lock that the code has which it has interrupted.
    LockTakenByHandler,
    /// A thread waits for the end of one that sleeps again and again.
    JoinedWhileItSleeps,
    /// Threads were made where processes are asked for.
    ThreadsForProcesses,
    /// Processes were made where threads are asked for.
    ProcessesForThreads,
    /// No process was made where some are asked for.
    ChildrenNeverStarted,
    /// No thread was made where some are asked for.
    ThreadsNeverStarted,
    /// A child went on after `fork(2)` where its parent did, and made children of its own.
    ChildForksToo,
    /// Processes or threads were made where none are wanted.
    WorkersNotWanted,
    /// Fewer processes or threads were made than there are things to do.
    WorkersTooFew,
    /// Each child was made only when the one before had ended.
    ChildrenOneAfterAnother,
    /// Each thread was made only when the one before had ended.
    ThreadsOneAfterAnother,
    /// A child printed what its parent prints, too.
    ChildDoesParentsWork,
    /// The first thread printed what a process or thread of its own has to print.
    MainDoesWorkersWork,
    /// A child ended well without having written anything.
    ChildPrintsNothing,
    /// A result was printed before those who make it had ended.
    PrintedBeforeEnd,
    /// A process ended without having waited for its child.
    ChildNotWaited,
    /// A signal went to somebody else than the child.
    SignalToWrongProcess,
    /// A child was killed where it should have been asked to end.
    KilledOutright,
    /// A child that should have been terminated was not.
    ChildNeverTerminated,
    /// A child was terminated before it had done its work.
    TerminatedTooEarly,
    /// A child printed its parent's number as its own.
    PidTakenBeforeFork,
    /// A child printed its number and its parent's in the wrong order.
    PidAndParentSwapped,
    /// What a socket should tell was printed without any.
    NoSocketMade,
    /// A socket of TCP was made where UDP is asked for.
    TcpForUdp,
    /// A socket has another family or type than is asked for.
    SocketOfWrongKind,
    /// A socket was made while the one before it was still open.
    DescriptorLeaked,
    /// A new socket was made for each datagram.
    SocketForEachDatagram,
    /// A socket listens without having been bound.
    BindMissing,
    /// A socket listens at another address than is asked for.
    BoundElsewhere,
    /// A socket listens at all addresses where one is asked for.
    AllInterfaces,
    /// The address of the command line was not used.
    ArgumentIgnored,
    /// A new socket listens for each client.
    ListenerMadeAnew,
    /// A server ended with an error because of one client.
    OneClientEndsServer,
    /// A server that should go on ended after a client.
    EndsAfterClient,
    /// A client's trouble was not told.
    ErrorSwallowed,
    /// `SO_REUSEADDR` was not set.
    ReuseAddressMissing,
    /// `SO_REUSEADDR` was set after `bind(2)`.
    ReuseAddressLate,
    /// A client connected several times where one connection is meant.
    SeveralConnections,
    /// A connection was not closed when it was done with.
    ConnectionNotClosed,
    /// Both directions were shut down, and the answer is lost.
    BothHalvesShut,
    /// The receiving half was shut down instead of the sending one.
    WrongHalfShut,
    /// The whole buffer was written into a file, not only what was received.
    WholeBufferWritten,
    /// The whole buffer was sent, not only what is in it.
    WholeBufferSent,
    /// The whole buffer was printed, not only what was received.
    WholeBufferPrinted,
    /// Only a part was received before the connection was closed.
    ReceivedOnlyPart,
    /// Only a part of a file was sent.
    SentOnlyPart,
    /// What was received was not written into the file.
    ReceivedNotWritten,
    /// Success was told before the file was written or had its name.
    ReplyBeforeStored,
    /// What should have been received was printed without receiving.
    PrintedWithoutReceiving,
    /// A connection was closed without the answer that the other side waits for.
    NothingSent,
    /// One client is served again and again, and no other is accepted.
    ClientServedAgain,
    /// A server that was told to end did not wait for the client that it served.
    ClientsAbandoned,
    /// More processes or threads were made than the script wants.
    WorkersTooMany,
    /// Fewer sockets were made than the script wants.
    SocketsTooFew,
    /// A socket was bound where the script wants one that has no address yet.
    BoundWithoutNeed,
    /// Whether something failed was printed the wrong way round.
    ErrorFlagIgnored,
    /// A thread shows an empty list where another has put something into one.
    DataNotShared,
    /// A text was printed or sent in the quotation marks of `{:?}`.
    QuotedByDebug,
    /// A line has no newline, and the next one follows it at once.
    LinesRunTogether,
    /// The end of the output is missing: it was still in a buffer.
    OutputNotFlushed,
    /// A process was made by another child instead of the first process.
    MadeByAChild,
    /// A server of UDP has connected its socket to one client.
    UdpServerConnected,
    /// The signal that should have been the beginning of a good end has ended the program.
    SignalNotHandled,
    /// Text in the buffer of standard output was copied by `fork(2)`, and printed by each process.
    BufferCopiedByFork,
    /// The number of a thread was printed where that of its process belongs.
    ThreadIdForPid,
    /// Files of two clients got the same name.
    SameNameTwice,
    /// A file that was there before was overwritten.
    ExistingFileOverwritten,
    /// A file that was not received to its end has its final name.
    HalfFileLeft,
    /// A file was written under another name than is asked for.
    WroteElsewhere,
    /// A result stands on standard error.
    OutputOnStderr,
    /// An error stands on standard output.
    ErrorOnStdout,
    /// Text was encoded by another table than is asked for.
    WrongCodeTable,
    /// Bytes that are not UTF-8 were replaced or printed as they are.
    ReplacementPrinted,
    /// Each byte was taken for a character.
    BytesTakenForCharacters,
    /// A limit of time that stands on the command line was not kept.
    TimeLimitNotKept,
    /// A thread asks again and again, in vain, instead of waiting.
    BusyWaiting,
    /// A thread slept with a lock for which another one waited.
    LockHeldWhileSleeping,
    /// All that was received lies in memory, where a buffer would do.
    WholeFileInMemory,
    /// More clients are served at the same time than the script allows.
    TooManyServed,
    /// Fewer threads serve clients than the script wants.
    ServingThreadsTooFew,
    /// No line has the port of a client.
    ClientPortNotPrinted,
    /// A line was printed before a child was waited for.
    PrintedBeforeWait,
    /// The first thread did its own work before or after the others did theirs.
    MainNotAtOnce,
    /// An error was told, and the exit code says something else.
    WrongExitCode,
    /// One thread waits, for what is not known.
    WaitsAlone,
    /// None of the above.
    StandstillUnexplained,
}

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
    /// Every kind.
    pub const ALL: [Code; 195] = [
        Code::LockWithoutOwner,
        Code::LockHeldByWaiter,
        Code::LockHeld,
        Code::LockTakenTwice,
        Code::LockedAtFork,
        Code::LocksInOppositeOrder,
        Code::ThreadsJoinEachOther,
        Code::ChannelNeverSent,
        Code::ChannelNeverReceived,
        Code::SelectNeverReady,
        Code::ConditionNeverNotified,
        Code::BarrierTooFew,
        Code::WaitGroupNeverDone,
        Code::ParkNeverUnparked,
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
        Code::NeverWoken,
        Code::StoppedBySignal,
        Code::PipeEndLeftOpen,
        Code::PipeWriterIdle,
        Code::PipeHoldersWaitElsewhere,
        Code::PipeNeverRead,
        Code::PipesOfEachOther,
        Code::NewlineMissing,
        Code::BothSend,
        Code::BothListen,
        Code::SendCutShort,
        Code::BytesMissing,
        Code::ByteOrderDiffers,
        Code::TextTakenForLength,
        Code::FullReadTakenForPart,
        Code::MessagesStuckTogether,
        Code::BufferDropped,
        Code::BufferNotFlushed,
        Code::AnswerNeverComes,
        Code::ServesOneAtATime,
        Code::ConnectionKeptOpen,
        Code::HalfCloseMissing,
        Code::NeverAccepted,
        Code::ConnectionToItself,
        Code::ConnectionNeglected,
        Code::PeerWaitsElsewhere,
        Code::InputNeverComes,
        Code::ChildNeverEnds,
        Code::ClientNeverComes,
        Code::FileLockTakenTwice,
        Code::FileLockHeld,
        Code::FifoNeverOpened,
        Code::SignalNeverComes,
        Code::SocketNeverSpokenTo,
        Code::NobodyListens,
        Code::ListensOnOtherFamily,
        Code::ListensOnOtherAddress,
        Code::ListensOnOtherPort,
        Code::PortByteOrder,
        Code::NoLongerListens,
        Code::NotYetListening,
        Code::ServerCouldNotBind,
        Code::AddressHasListener,
        Code::AddressInTimeWait,
        Code::ResetWithUnread,
        Code::PeerHasClosed,
        Code::PipeHasNoReader,
        Code::AcceptWithoutListen,
        Code::BoundTwice,
        Code::NotConnected,
        Code::ThreadsLeftBehind,
        Code::EndIgnored,
        Code::SentAfterShutdown,
        Code::LingerResets,
        Code::PortTakenElsewhere,
        Code::AddressHasConnection,
        Code::ConnectedTwice,
        Code::NoDestination,
        Code::DatagramTooLong,
        Code::NotOpen,
        Code::AddressNotHere,
        Code::PortIsPrivileged,
        Code::NetworkUnreachable,
        Code::NoSuchSocketFile,
        Code::TooManyOpen,
        Code::KilledByFault,
        Code::NoExitCode,
        Code::TextCutInCharacter,
        Code::ComputesForEver,
        Code::AsksForEver,
        Code::AsksForZombie,
        Code::NotReadyYet,
        Code::TimeLimitReached,
        Code::DatagramRefused,
        Code::SocketFileExists,
        Code::WaitsForItself,
        Code::BehindThePoll,
        Code::LockPoisoned,
        Code::ReceivedInPart,
        Code::OneReadForAll,
        Code::OthersCameFirst,
        Code::DatagramCut,
        Code::SocketPathTooLong,
        Code::CalledFromWithin,
        Code::LoopNotWoken,
        Code::LockTakenByHandler,
        Code::JoinedWhileItSleeps,
        Code::ThreadsForProcesses,
        Code::ProcessesForThreads,
        Code::ChildrenNeverStarted,
        Code::ThreadsNeverStarted,
        Code::ChildForksToo,
        Code::WorkersNotWanted,
        Code::WorkersTooFew,
        Code::ChildrenOneAfterAnother,
        Code::ThreadsOneAfterAnother,
        Code::ChildDoesParentsWork,
        Code::MainDoesWorkersWork,
        Code::ChildPrintsNothing,
        Code::PrintedBeforeEnd,
        Code::ChildNotWaited,
        Code::SignalToWrongProcess,
        Code::KilledOutright,
        Code::ChildNeverTerminated,
        Code::TerminatedTooEarly,
        Code::PidTakenBeforeFork,
        Code::PidAndParentSwapped,
        Code::NoSocketMade,
        Code::TcpForUdp,
        Code::SocketOfWrongKind,
        Code::DescriptorLeaked,
        Code::SocketForEachDatagram,
        Code::BindMissing,
        Code::BoundElsewhere,
        Code::AllInterfaces,
        Code::ArgumentIgnored,
        Code::ListenerMadeAnew,
        Code::OneClientEndsServer,
        Code::EndsAfterClient,
        Code::ErrorSwallowed,
        Code::ReuseAddressMissing,
        Code::ReuseAddressLate,
        Code::SeveralConnections,
        Code::ConnectionNotClosed,
        Code::BothHalvesShut,
        Code::WrongHalfShut,
        Code::WholeBufferWritten,
        Code::WholeBufferSent,
        Code::WholeBufferPrinted,
        Code::ReceivedOnlyPart,
        Code::SentOnlyPart,
        Code::ReceivedNotWritten,
        Code::ReplyBeforeStored,
        Code::PrintedWithoutReceiving,
        Code::NothingSent,
        Code::ClientServedAgain,
        Code::ClientsAbandoned,
        Code::WorkersTooMany,
        Code::SocketsTooFew,
        Code::BoundWithoutNeed,
        Code::ErrorFlagIgnored,
        Code::DataNotShared,
        Code::QuotedByDebug,
        Code::LinesRunTogether,
        Code::OutputNotFlushed,
        Code::MadeByAChild,
        Code::UdpServerConnected,
        Code::SignalNotHandled,
        Code::BufferCopiedByFork,
        Code::ThreadIdForPid,
        Code::SameNameTwice,
        Code::ExistingFileOverwritten,
        Code::HalfFileLeft,
        Code::WroteElsewhere,
        Code::OutputOnStderr,
        Code::ErrorOnStdout,
        Code::WrongCodeTable,
        Code::ReplacementPrinted,
        Code::BytesTakenForCharacters,
        Code::TimeLimitNotKept,
        Code::BusyWaiting,
        Code::LockHeldWhileSleeping,
        Code::WholeFileInMemory,
        Code::TooManyServed,
        Code::ServingThreadsTooFew,
        Code::ClientPortNotPrinted,
        Code::PrintedBeforeWait,
        Code::MainNotAtOnce,
        Code::WrongExitCode,
        Code::WaitsAlone,
        Code::StandstillUnexplained,
    ];

    /// The mistakes of programs that do something else than their script asks.
    pub fn mistakes() -> &'static [Code] {
        &Code::ALL[Code::ThreadsForProcesses as usize..=Code::WrongExitCode as usize]
    }

    /// Its name in machine formats.
    pub fn id(self) -> &'static str {
        match self {
            Code::LockWithoutOwner => "lock-without-owner",
            Code::LockHeldByWaiter => "lock-held-by-waiter",
            Code::LockHeld => "lock-held",
            Code::LockTakenTwice => "lock-taken-twice",
            Code::LockedAtFork => "locked-at-fork",
            Code::LocksInOppositeOrder => "locks-in-opposite-order",
            Code::ThreadsJoinEachOther => "threads-join-each-other",
            Code::ChannelNeverSent => "channel-never-sent",
            Code::ChannelNeverReceived => "channel-never-received",
            Code::SelectNeverReady => "select-never-ready",
            Code::ConditionNeverNotified => "condition-never-notified",
            Code::BarrierTooFew => "barrier-too-few",
            Code::WaitGroupNeverDone => "wait-group-never-done",
            Code::ParkNeverUnparked => "park-never-unparked",
            Code::EventNeverSet => "event-never-set",
            Code::SemaphoreNeverReleased => "semaphore-never-released",
            Code::QueueNeverFilled => "queue-never-filled",
            Code::QueueNeverEmptied => "queue-never-emptied",
            Code::TaskNeverDone => "task-never-done",
            Code::FutureNeverDone => "future-never-done",
            Code::PoolTasksWaitForEachOther => "pool-tasks-wait-for-each-other",
            Code::PoolWorkerDied => "pool-worker-died",
            Code::PoolResultNeverComes => "pool-result-never-comes",
            Code::NothingToDo => "nothing-to-do",
            Code::NeverWoken => "never-woken",
            Code::StoppedBySignal => "stopped-by-signal",
            Code::PipeEndLeftOpen => "pipe-end-left-open",
            Code::PipeWriterIdle => "pipe-writer-idle",
            Code::PipeHoldersWaitElsewhere => "pipe-holders-wait-elsewhere",
            Code::PipeNeverRead => "pipe-never-read",
            Code::PipesOfEachOther => "pipes-of-each-other",
            Code::NewlineMissing => "newline-missing",
            Code::BothSend => "both-send",
            Code::BothListen => "both-listen",
            Code::SendCutShort => "send-cut-short",
            Code::BytesMissing => "bytes-missing",
            Code::ByteOrderDiffers => "byte-order-differs",
            Code::TextTakenForLength => "text-taken-for-length",
            Code::FullReadTakenForPart => "full-read-taken-for-part",
            Code::MessagesStuckTogether => "messages-stuck-together",
            Code::BufferDropped => "buffer-dropped",
            Code::BufferNotFlushed => "buffer-not-flushed",
            Code::AnswerNeverComes => "answer-never-comes",
            Code::ServesOneAtATime => "serves-one-at-a-time",
            Code::ConnectionKeptOpen => "connection-kept-open",
            Code::HalfCloseMissing => "half-close-missing",
            Code::NeverAccepted => "never-accepted",
            Code::ConnectionToItself => "connection-to-itself",
            Code::ConnectionNeglected => "connection-neglected",
            Code::PeerWaitsElsewhere => "peer-waits-elsewhere",
            Code::InputNeverComes => "input-never-comes",
            Code::ChildNeverEnds => "child-never-ends",
            Code::ClientNeverComes => "client-never-comes",
            Code::FileLockTakenTwice => "file-lock-taken-twice",
            Code::FileLockHeld => "file-lock-held",
            Code::FifoNeverOpened => "fifo-never-opened",
            Code::SignalNeverComes => "signal-never-comes",
            Code::SocketNeverSpokenTo => "socket-never-spoken-to",
            Code::NobodyListens => "nobody-listens",
            Code::ListensOnOtherFamily => "listens-on-other-family",
            Code::ListensOnOtherAddress => "listens-on-other-address",
            Code::ListensOnOtherPort => "listens-on-other-port",
            Code::PortByteOrder => "port-byte-order",
            Code::NoLongerListens => "no-longer-listens",
            Code::NotYetListening => "not-yet-listening",
            Code::ServerCouldNotBind => "server-could-not-bind",
            Code::AddressHasListener => "address-has-listener",
            Code::AddressInTimeWait => "address-in-time-wait",
            Code::ResetWithUnread => "reset-with-unread",
            Code::PeerHasClosed => "peer-has-closed",
            Code::PipeHasNoReader => "pipe-has-no-reader",
            Code::AcceptWithoutListen => "accept-without-listen",
            Code::BoundTwice => "bound-twice",
            Code::NotConnected => "not-connected",
            Code::ThreadsLeftBehind => "threads-left-behind",
            Code::EndIgnored => "end-ignored",
            Code::SentAfterShutdown => "sent-after-shutdown",
            Code::LingerResets => "linger-resets",
            Code::PortTakenElsewhere => "port-taken-elsewhere",
            Code::AddressHasConnection => "address-has-connection",
            Code::ConnectedTwice => "connected-twice",
            Code::NoDestination => "no-destination",
            Code::DatagramTooLong => "datagram-too-long",
            Code::NotOpen => "not-open",
            Code::AddressNotHere => "address-not-here",
            Code::PortIsPrivileged => "port-is-privileged",
            Code::NetworkUnreachable => "network-unreachable",
            Code::NoSuchSocketFile => "no-such-socket-file",
            Code::TooManyOpen => "too-many-open",
            Code::KilledByFault => "killed-by-fault",
            Code::NoExitCode => "no-exit-code",
            Code::TextCutInCharacter => "text-cut-in-character",
            Code::ComputesForEver => "computes-for-ever",
            Code::AsksForEver => "asks-for-ever",
            Code::AsksForZombie => "asks-for-zombie",
            Code::NotReadyYet => "not-ready-yet",
            Code::TimeLimitReached => "time-limit-reached",
            Code::DatagramRefused => "datagram-refused",
            Code::SocketFileExists => "socket-file-exists",
            Code::WaitsForItself => "waits-for-itself",
            Code::BehindThePoll => "behind-the-poll",
            Code::LockPoisoned => "lock-poisoned",
            Code::ReceivedInPart => "received-in-part",
            Code::OneReadForAll => "one-read-for-all",
            Code::OthersCameFirst => "others-came-first",
            Code::DatagramCut => "datagram-cut",
            Code::SocketPathTooLong => "socket-path-too-long",
            Code::CalledFromWithin => "called-from-within",
            Code::LoopNotWoken => "loop-not-woken",
            Code::LockTakenByHandler => "lock-taken-by-handler",
            Code::JoinedWhileItSleeps => "joined-while-it-sleeps",
            Code::ThreadsForProcesses => "threads-for-processes",
            Code::ProcessesForThreads => "processes-for-threads",
            Code::ChildrenNeverStarted => "children-never-started",
            Code::ThreadsNeverStarted => "threads-never-started",
            Code::ChildForksToo => "child-forks-too",
            Code::WorkersNotWanted => "workers-not-wanted",
            Code::WorkersTooFew => "workers-too-few",
            Code::ChildrenOneAfterAnother => "children-one-after-another",
            Code::ThreadsOneAfterAnother => "threads-one-after-another",
            Code::ChildDoesParentsWork => "child-does-parents-work",
            Code::MainDoesWorkersWork => "main-does-workers-work",
            Code::ChildPrintsNothing => "child-prints-nothing",
            Code::PrintedBeforeEnd => "printed-before-end",
            Code::ChildNotWaited => "child-not-waited",
            Code::SignalToWrongProcess => "signal-to-wrong-process",
            Code::KilledOutright => "killed-outright",
            Code::ChildNeverTerminated => "child-never-terminated",
            Code::TerminatedTooEarly => "terminated-too-early",
            Code::PidTakenBeforeFork => "pid-taken-before-fork",
            Code::PidAndParentSwapped => "pid-and-parent-swapped",
            Code::NoSocketMade => "no-socket-made",
            Code::TcpForUdp => "tcp-for-udp",
            Code::SocketOfWrongKind => "socket-of-wrong-kind",
            Code::DescriptorLeaked => "descriptor-leaked",
            Code::SocketForEachDatagram => "socket-for-each-datagram",
            Code::BindMissing => "bind-missing",
            Code::BoundElsewhere => "bound-elsewhere",
            Code::AllInterfaces => "all-interfaces",
            Code::ArgumentIgnored => "argument-ignored",
            Code::ListenerMadeAnew => "listener-made-anew",
            Code::OneClientEndsServer => "one-client-ends-server",
            Code::EndsAfterClient => "ends-after-client",
            Code::ErrorSwallowed => "error-swallowed",
            Code::ReuseAddressMissing => "reuse-address-missing",
            Code::ReuseAddressLate => "reuse-address-late",
            Code::SeveralConnections => "several-connections",
            Code::ConnectionNotClosed => "connection-not-closed",
            Code::BothHalvesShut => "both-halves-shut",
            Code::WrongHalfShut => "wrong-half-shut",
            Code::WholeBufferWritten => "whole-buffer-written",
            Code::WholeBufferSent => "whole-buffer-sent",
            Code::WholeBufferPrinted => "whole-buffer-printed",
            Code::ReceivedOnlyPart => "received-only-part",
            Code::SentOnlyPart => "sent-only-part",
            Code::ReceivedNotWritten => "received-not-written",
            Code::ReplyBeforeStored => "reply-before-stored",
            Code::PrintedWithoutReceiving => "printed-without-receiving",
            Code::NothingSent => "nothing-sent",
            Code::ClientServedAgain => "client-served-again",
            Code::ClientsAbandoned => "clients-abandoned",
            Code::WorkersTooMany => "workers-too-many",
            Code::SocketsTooFew => "sockets-too-few",
            Code::BoundWithoutNeed => "bound-without-need",
            Code::ErrorFlagIgnored => "error-flag-ignored",
            Code::DataNotShared => "data-not-shared",
            Code::QuotedByDebug => "quoted-by-debug",
            Code::LinesRunTogether => "lines-run-together",
            Code::OutputNotFlushed => "output-not-flushed",
            Code::MadeByAChild => "made-by-a-child",
            Code::UdpServerConnected => "udp-server-connected",
            Code::SignalNotHandled => "signal-not-handled",
            Code::BufferCopiedByFork => "buffer-copied-by-fork",
            Code::ThreadIdForPid => "thread-id-for-pid",
            Code::SameNameTwice => "same-name-twice",
            Code::ExistingFileOverwritten => "existing-file-overwritten",
            Code::HalfFileLeft => "half-file-left",
            Code::WroteElsewhere => "wrote-elsewhere",
            Code::OutputOnStderr => "output-on-stderr",
            Code::ErrorOnStdout => "error-on-stdout",
            Code::WrongCodeTable => "wrong-code-table",
            Code::ReplacementPrinted => "replacement-printed",
            Code::BytesTakenForCharacters => "bytes-taken-for-characters",
            Code::TimeLimitNotKept => "time-limit-not-kept",
            Code::BusyWaiting => "busy-waiting",
            Code::LockHeldWhileSleeping => "lock-held-while-sleeping",
            Code::WholeFileInMemory => "whole-file-in-memory",
            Code::TooManyServed => "too-many-served",
            Code::ServingThreadsTooFew => "serving-threads-too-few",
            Code::ClientPortNotPrinted => "client-port-not-printed",
            Code::PrintedBeforeWait => "printed-before-wait",
            Code::MainNotAtOnce => "main-not-at-once",
            Code::WrongExitCode => "wrong-exit-code",
            Code::WaitsAlone => "waits-alone",
            Code::StandstillUnexplained => "standstill-unexplained",
        }
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
        assert_eq!(Code::StandstillUnexplained as usize + 1, Code::ALL.len(), "the last one");
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, index, "{code:?}: in the order of their declaration");
        }
        let ids: BTreeSet<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(ids.len(), Code::ALL.len());
        let is_kebab = |id: &str| id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(ids.iter().all(|id| is_kebab(id)), "{ids:?}");
    }
}
