//! The kinds of causes, a row each: what it is, its variant, and its name in machine formats.

/// Makes [`Code`] out of its table.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $id:literal,)+) => {
        /// A kind of cause. Machine formats carry its [`id`](Code::id): it never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)+
        }

        impl Code {
            /// Every kind, in the order of the table.
            pub const ALL: [Code; [$($id),+].len()] = [$(Code::$code),+];

            /// Its name in machine formats.
            pub fn id(self) -> &'static str {
                match self {
                    $(Code::$code => $id,)+
                }
            }
        }
    };
}

codes! {
    /// A thread waits for a lock, and no other thread is left that could give it back.
    LockWithoutOwner = "lock-without-owner",
    /// Whoever has the lock waits for something else, or for those who want it.
    LockHeldByWaiter = "lock-held-by-waiter",
    /// A lock is not given back; by whom is not known.
    LockHeld = "lock-held",
    /// A thread waits for a lock that it has itself.
    LockTakenTwice = "lock-taken-twice",
    /// A process was made while another thread had the lock: in the new process nobody can give it back.
    LockedAtFork = "locked-at-fork",
    /// Threads that have a lock each, and want another's.
    LocksInOppositeOrder = "locks-in-opposite-order",
    /// Two threads wait for each other's end.
    ThreadsJoinEachOther = "threads-join-each-other",
    /// A thread receives from a channel into which nobody sends.
    ChannelNeverSent = "channel-never-sent",
    /// A thread sends into a full channel from which nobody receives.
    ChannelNeverReceived = "channel-never-received",
    /// None of several channels becomes ready.
    SelectNeverReady = "select-never-ready",
    /// A condition variable that nobody notifies.
    ConditionNeverNotified = "condition-never-notified",
    /// Too few threads come to a barrier.
    BarrierTooFew = "barrier-too-few",
    /// A wait group of which somebody keeps a copy.
    WaitGroupNeverDone = "wait-group-never-done",
    /// A parked thread that nobody unparks.
    ParkNeverUnparked = "park-never-unparked",
    /// An event that nobody sets.
    EventNeverSet = "event-never-set",
    /// A semaphore that nobody releases.
    SemaphoreNeverReleased = "semaphore-never-released",
    /// A thread takes from a queue into which nobody puts anything.
    QueueNeverFilled = "queue-never-filled",
    /// A thread puts into a full queue from which nobody takes.
    QueueNeverEmptied = "queue-never-emptied",
    /// A thread waits until all of a queue is done, and nobody says so.
    TaskNeverDone = "task-never-done",
    /// A task's result that nobody gives.
    FutureNeverDone = "future-never-done",
    /// All workers of a pool wait for tasks that no worker is left for.
    PoolTasksWaitForEachOther = "pool-tasks-wait-for-each-other",
    /// A pool's worker ended with its task: nobody sends the result.
    PoolWorkerDied = "pool-worker-died",
    /// A pool's result that nobody sends.
    PoolResultNeverComes = "pool-result-never-comes",
    /// An event loop in which every task waits.
    NothingToDo = "nothing-to-do",
    /// Another thread should wake this one; more is not known.
    NeverWoken = "never-woken",
    /// A signal has stopped a process, and no other lets it go on.
    StoppedBySignal = "stopped-by-signal",
    /// A process waits for the end of a pipe whose writing end it or its parent has not closed.
    PipeEndLeftOpen = "pipe-end-left-open",
    /// A process waits for a pipe into which its holders do not write.
    PipeWriterIdle = "pipe-writer-idle",
    /// Whoever could write into a pipe waits for something else.
    PipeHoldersWaitElsewhere = "pipe-holders-wait-elsewhere",
    /// A process writes into a full pipe that nobody reads.
    PipeNeverRead = "pipe-never-read",
    /// Two processes each wait for what the other should write into a pipe.
    PipesOfEachOther = "pipes-of-each-other",
    /// Who reads lines waits for the end of one that was sent without its newline.
    NewlineMissing = "newline-missing",
    /// Both ends of a connection send, and neither receives.
    BothSend = "both-send",
    /// Both ends of a connection wait for the first word.
    BothListen = "both-listen",
    /// A send took only a part of the bytes, and the rest was never sent.
    SendCutShort = "send-cut-short",
    /// Who wants a number of bytes has got fewer.
    BytesMissing = "bytes-missing",
    /// A length was read in the other byte order.
    ByteOrderDiffers = "byte-order-differs",
    /// What is read as a length is a part of the text.
    TextTakenForLength = "text-taken-for-length",
    /// Who takes a receive that fills less than its buffer for the end has got exactly a full one.
    FullReadTakenForPart = "full-read-taken-for-part",
    /// One receive has got what was sent in several, and another is waited for.
    MessagesStuckTogether = "messages-stuck-together",
    /// What a buffered reader has read ahead is lost: another one waits for it.
    BufferDropped = "buffer-dropped",
    /// What was written lies in the program's own buffer.
    BufferNotFlushed = "buffer-not-flushed",
    /// One waits for the answer, the other for more; why is not known.
    AnswerNeverComes = "answer-never-comes",
    /// A server waits for one client, and another speaks in vain.
    ServesOneAtATime = "serves-one-at-a-time",
    /// A process still holds a connection open that another has closed.
    ConnectionKeptOpen = "connection-kept-open",
    /// Who has sent all waits for the answer; the other end waits for more.
    HalfCloseMissing = "half-close-missing",
    /// A client stands in the queue: nobody accepts it.
    NeverAccepted = "never-accepted",
    /// Both ends of a connection belong to the one that waits.
    ConnectionToItself = "connection-to-itself",
    /// A server waits for the next client, and has a connection open that it no longer serves.
    ConnectionNeglected = "connection-neglected",
    /// The process at the other end of a connection waits for something else.
    PeerWaitsElsewhere = "peer-waits-elsewhere",
    /// A program waits for input that nobody types.
    InputNeverComes = "input-never-comes",
    /// A parent waits for a child that waits for something else.
    ChildNeverEnds = "child-never-ends",
    /// A server waits for a client that does not come.
    ClientNeverComes = "client-never-comes",
    /// A process waits for a file's lock that it has itself.
    FileLockTakenTwice = "file-lock-taken-twice",
    /// A file's lock is not given back.
    FileLockHeld = "file-lock-held",
    /// Nobody opens the other end of a named pipe.
    FifoNeverOpened = "fifo-never-opened",
    /// A program waits for a signal that nobody sends.
    SignalNeverComes = "signal-never-comes",
    /// Nobody sends anything to a socket without a connection.
    SocketNeverSpokenTo = "socket-never-spoken-to",
    /// Nobody listened where a client wanted to connect.
    NobodyListens = "nobody-listens",
    /// Who listens on the port does so on IPv6 where IPv4 was asked for, or the other way round.
    ListensOnOtherFamily = "listens-on-other-family",
    /// Who listens on the port does so on another address.
    ListensOnOtherAddress = "listens-on-other-address",
    /// Who listens does so on another port.
    ListensOnOtherPort = "listens-on-other-port",
    /// The port has its two bytes exchanged.
    PortByteOrder = "port-byte-order",
    /// Who listened there had ended, or had closed its socket.
    NoLongerListens = "no-longer-listens",
    /// Who listens there began only afterwards.
    NotYetListening = "not-yet-listening",
    /// Who wanted to listen there could not bind.
    ServerCouldNotBind = "server-could-not-bind",
    /// A program listens on the address that another wants.
    AddressHasListener = "address-has-listener",
    /// A connection that was closed from here first still has the address.
    AddressInTimeWait = "address-in-time-wait",
    /// A connection was reset, since it was closed with bytes unread.
    ResetWithUnread = "reset-with-unread",
    /// The other side had closed the connection.
    PeerHasClosed = "peer-has-closed",
    /// Nobody reads the pipe any more.
    PipeHasNoReader = "pipe-has-no-reader",
    /// A socket that does not listen cannot accept.
    AcceptWithoutListen = "accept-without-listen",
    /// A socket was bound a second time.
    BoundTwice = "bound-twice",
    /// A socket without a connection was sent to or received from.
    NotConnected = "not-connected",
    /// A process ended before its threads were done.
    ThreadsLeftBehind = "threads-left-behind",
    /// The end of a stream is received again and again.
    EndIgnored = "end-ignored",
    /// It was sent in a direction that its own side had closed.
    SentAfterShutdown = "sent-after-shutdown",
    /// A connection was closed with `SO_LINGER` of 0 seconds.
    LingerResets = "linger-resets",
    /// Somebody who is none of the programs has the port.
    PortTakenElsewhere = "port-taken-elsewhere",
    /// A connection that is not over has the address.
    AddressHasConnection = "address-has-connection",
    /// A socket was connected a second time.
    ConnectedTwice = "connected-twice",
    /// A datagram without an address.
    NoDestination = "no-destination",
    /// More bytes than a datagram holds.
    DatagramTooLong = "datagram-too-long",
    /// A descriptor is not open, or not any more.
    NotOpen = "not-open",
    /// The machine does not have the address.
    AddressNotHere = "address-not-here",
    /// An ordinary user may not take the port.
    PortIsPrivileged = "port-is-privileged",
    /// There is no way to the address.
    NetworkUnreachable = "network-unreachable",
    /// There is no file of this Unix socket.
    NoSuchSocketFile = "no-such-socket-file",
    /// A process has as many descriptors open as it may.
    TooManyOpen = "too-many-open",
    /// A fault has killed a process.
    KilledByFault = "killed-by-fault",
    /// A child that a signal has killed has no exit code, and its parent wants one.
    NoExitCode = "no-exit-code",
    /// A receive ended inside a character.
    TextCutInCharacter = "text-cut-in-character",
    /// A thread computes without a call.
    ComputesForEver = "computes-for-ever",
    /// A thread asks again and again for what does not come.
    AsksForEver = "asks-for-ever",
    /// A child that has ended was not waited for, and its parent asks whether it is still there.
    AsksForZombie = "asks-for-zombie",
    /// A socket that does not wait was asked too early.
    NotReadyYet = "not-ready-yet",
    /// A program waited for a time of its own, and no longer.
    TimeLimitReached = "time-limit-reached",
    /// Nobody was bound where a datagram was sent to.
    DatagramRefused = "datagram-refused",
    /// The file of a Unix socket was there already.
    SocketFileExists = "socket-file-exists",
    /// A thread waits for the end of what it is itself in the middle of.
    WaitsForItself = "waits-for-itself",
    /// Lines lie in a program's own buffer, where `select(2)` does not see them.
    BehindThePoll = "behind-the-poll",
    /// A thread panicked while it had a lock (`Mutex` of std).
    LockPoisoned = "lock-poisoned",
    /// One receive was taken for the whole message.
    ReceivedInPart = "received-in-part",
    /// One receive was taken for all, and an unkind kernel handed over less.
    OneReadForAll = "one-read-for-all",
    /// Others went on earlier than usual, and a program counted on the order.
    OthersCameFirst = "others-came-first",
    /// A datagram was longer than the buffer that it was received into.
    DatagramCut = "datagram-cut",
    /// The path of a Unix socket is longer than an address holds.
    SocketPathTooLong = "socket-path-too-long",
    /// A thread was to wait for its own end, or a loop to run in itself.
    CalledFromWithin = "called-from-within",
    /// A thread gave an event loop something to do, and did not wake it.
    LoopNotWoken = "loop-not-woken",
    /// A signal's handler wants a lock that the code has which it has interrupted.
    LockTakenByHandler = "lock-taken-by-handler",
    /// A thread waits for the end of one that sleeps again and again.
    JoinedWhileItSleeps = "joined-while-it-sleeps",
    /// Threads were made where processes are asked for.
    ThreadsForProcesses = "threads-for-processes",
    /// Processes were made where threads are asked for.
    ProcessesForThreads = "processes-for-threads",
    /// No process was made where some are asked for.
    ChildrenNeverStarted = "children-never-started",
    /// No thread was made where some are asked for.
    ThreadsNeverStarted = "threads-never-started",
    /// A child went on after `fork(2)` where its parent did, and made children of its own.
    ChildForksToo = "child-forks-too",
    /// Processes or threads were made where none are wanted.
    WorkersNotWanted = "workers-not-wanted",
    /// Fewer processes or threads were made than there are things to do.
    WorkersTooFew = "workers-too-few",
    /// Each child was made only when the one before had ended.
    ChildrenOneAfterAnother = "children-one-after-another",
    /// Each thread was made only when the one before had ended.
    ThreadsOneAfterAnother = "threads-one-after-another",
    /// A child printed what its parent prints, too.
    ChildDoesParentsWork = "child-does-parents-work",
    /// The first thread printed what a process or thread of its own has to print.
    MainDoesWorkersWork = "main-does-workers-work",
    /// A child ended well without having written anything.
    ChildPrintsNothing = "child-prints-nothing",
    /// A result was printed before those who make it had ended.
    PrintedBeforeEnd = "printed-before-end",
    /// A process ended without having waited for its child.
    ChildNotWaited = "child-not-waited",
    /// A signal went to somebody else than the child.
    SignalToWrongProcess = "signal-to-wrong-process",
    /// A child was killed where it should have been asked to end.
    KilledOutright = "killed-outright",
    /// A child that should have been terminated was not.
    ChildNeverTerminated = "child-never-terminated",
    /// A child was terminated before it had done its work.
    TerminatedTooEarly = "terminated-too-early",
    /// A child printed its parent's number as its own.
    PidTakenBeforeFork = "pid-taken-before-fork",
    /// A child printed its number and its parent's in the wrong order.
    PidAndParentSwapped = "pid-and-parent-swapped",
    /// What a socket should tell was printed without any.
    NoSocketMade = "no-socket-made",
    /// A socket of TCP was made where UDP is asked for.
    TcpForUdp = "tcp-for-udp",
    /// A socket has another family or type than is asked for.
    SocketOfWrongKind = "socket-of-wrong-kind",
    /// A socket was made while the one before it was still open.
    DescriptorLeaked = "descriptor-leaked",
    /// A new socket was made for each datagram.
    SocketForEachDatagram = "socket-for-each-datagram",
    /// A socket listens without having been bound.
    BindMissing = "bind-missing",
    /// A socket listens at another address than is asked for.
    BoundElsewhere = "bound-elsewhere",
    /// A socket listens at all addresses where one is asked for.
    AllInterfaces = "all-interfaces",
    /// The address of the command line was not used.
    ArgumentIgnored = "argument-ignored",
    /// A new socket listens for each client.
    ListenerMadeAnew = "listener-made-anew",
    /// A server ended with an error because of one client.
    OneClientEndsServer = "one-client-ends-server",
    /// A server that should go on ended after a client.
    EndsAfterClient = "ends-after-client",
    /// A client's trouble was not told.
    ErrorSwallowed = "error-swallowed",
    /// `SO_REUSEADDR` was not set.
    ReuseAddressMissing = "reuse-address-missing",
    /// `SO_REUSEADDR` was set after `bind(2)`.
    ReuseAddressLate = "reuse-address-late",
    /// A client connected several times where one connection is meant.
    SeveralConnections = "several-connections",
    /// A connection was not closed when it was done with.
    ConnectionNotClosed = "connection-not-closed",
    /// Both directions were shut down, and the answer is lost.
    BothHalvesShut = "both-halves-shut",
    /// The receiving half was shut down instead of the sending one.
    WrongHalfShut = "wrong-half-shut",
    /// The whole buffer was written into a file, not only what was received.
    WholeBufferWritten = "whole-buffer-written",
    /// The whole buffer was sent, not only what is in it.
    WholeBufferSent = "whole-buffer-sent",
    /// The whole buffer was printed, not only what was received.
    WholeBufferPrinted = "whole-buffer-printed",
    /// Only a part was received before the connection was closed.
    ReceivedOnlyPart = "received-only-part",
    /// Only a part of a file was sent.
    SentOnlyPart = "sent-only-part",
    /// What was received was not written into the file.
    ReceivedNotWritten = "received-not-written",
    /// Success was told before the file was written or had its name.
    ReplyBeforeStored = "reply-before-stored",
    /// What should have been received was printed without receiving.
    PrintedWithoutReceiving = "printed-without-receiving",
    /// A connection was closed without the answer that the other side waits for.
    NothingSent = "nothing-sent",
    /// One client is served again and again, and no other is accepted.
    ClientServedAgain = "client-served-again",
    /// A server that was told to end did not wait for the client that it served.
    ClientsAbandoned = "clients-abandoned",
    /// More processes or threads were made than the script wants.
    WorkersTooMany = "workers-too-many",
    /// Fewer sockets were made than the script wants.
    SocketsTooFew = "sockets-too-few",
    /// A socket was bound where the script wants one that has no address yet.
    BoundWithoutNeed = "bound-without-need",
    /// Whether something failed was printed the wrong way round.
    ErrorFlagIgnored = "error-flag-ignored",
    /// A thread shows an empty list where another has put something into one.
    DataNotShared = "data-not-shared",
    /// A text was printed or sent in the quotation marks of `{:?}`.
    QuotedByDebug = "quoted-by-debug",
    /// A line has no newline, and the next one follows it at once.
    LinesRunTogether = "lines-run-together",
    /// The end of the output is missing: it was still in a buffer.
    OutputNotFlushed = "output-not-flushed",
    /// A process was made by another child instead of the first process.
    MadeByAChild = "made-by-a-child",
    /// A process was made by the first process that another child should have made.
    SiblingForGrandchild = "sibling-for-grandchild",
    /// A server of UDP has connected its socket to one client.
    UdpServerConnected = "udp-server-connected",
    /// The signal that should have been the beginning of a good end has ended the program.
    SignalNotHandled = "signal-not-handled",
    /// Text in the buffer of standard output was copied by `fork(2)`, and printed by each process.
    BufferCopiedByFork = "buffer-copied-by-fork",
    /// The number of a thread was printed where that of its process belongs.
    ThreadIdForPid = "thread-id-for-pid",
    /// Files of two clients got the same name.
    SameNameTwice = "same-name-twice",
    /// A file that was there before was overwritten.
    ExistingFileOverwritten = "existing-file-overwritten",
    /// A file that was not received to its end has its final name.
    HalfFileLeft = "half-file-left",
    /// A file was written under another name than is asked for.
    WroteElsewhere = "wrote-elsewhere",
    /// A result stands on standard error.
    OutputOnStderr = "output-on-stderr",
    /// An error stands on standard output.
    ErrorOnStdout = "error-on-stdout",
    /// Text was encoded by another table than is asked for.
    WrongCodeTable = "wrong-code-table",
    /// Bytes that are not UTF-8 were replaced or printed as they are.
    ReplacementPrinted = "replacement-printed",
    /// Each byte was taken for a character.
    BytesTakenForCharacters = "bytes-taken-for-characters",
    /// A limit of time that stands on the command line was not kept.
    TimeLimitNotKept = "time-limit-not-kept",
    /// A thread asks again and again, in vain, instead of waiting.
    BusyWaiting = "busy-waiting",
    /// More clients are served at the same time than the script allows.
    TooManyServed = "too-many-served",
    /// Fewer threads serve clients than the script wants.
    ServingThreadsTooFew = "serving-threads-too-few",
    /// No line has the port of a client.
    ClientPortNotPrinted = "client-port-not-printed",
    /// A thread slept with a lock for which another one waited.
    LockHeldWhileSleeping = "lock-held-while-sleeping",
    /// All that was received lies in memory, where a buffer would do.
    WholeFileInMemory = "whole-file-in-memory",
    /// A line was printed before a child was waited for.
    PrintedBeforeWait = "printed-before-wait",
    /// The first thread did its own work before or after the others did theirs.
    MainNotAtOnce = "main-not-at-once",
    /// It was told to end and waited, though it served nobody any more.
    WaitedForNobody = "waited-for-nobody",
    /// Its input was typed in vain: it sent nothing, and had read nothing.
    InputNotRead = "input-not-read",
    /// It connected before it looked at its file, of which something had to be said.
    ConnectedFirst = "connected-first",
    /// It received into a buffer of no length, and took the 0 bytes for the end.
    EmptyBuffer = "empty-buffer",
    /// A connection was closed after an answer, and the other side had more to ask.
    ClosedTooEarly = "closed-too-early",
    /// A line that was dealt with came once more, before the next one.
    StringNotCleared = "string-not-cleared",
    /// Any child was waited for where a certain one is meant.
    AnyChildWaitedFor = "any-child-waited-for",
    /// An error was told, and the exit code says something else.
    WrongExitCode = "wrong-exit-code",
    /// One thread waits, for what is not known.
    WaitsAlone = "waits-alone",
    /// None of the above.
    StandstillUnexplained = "standstill-unexplained",
}
