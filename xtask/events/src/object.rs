//! What descriptors lead to.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What a descriptor leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Object {
    /// A connection. The other side's object is the same with the two addresses exchanged.
    Connection {
        /// This side.
        local: SocketAddr,
        /// The other side.
        peer: SocketAddr,
    },
    /// A socket that listens.
    Listener {
        /// Where.
        local: SocketAddr,
    },
    /// Any other socket.
    Socket {
        /// Its number in the kernel.
        id: u64,
    },
    /// A pipe.
    Pipe {
        /// Its number in the kernel.
        id: u64,
    },
    /// The standard input that the tracer's user gave the program.
    Input,
    /// The standard output of one of the programs that the tracer's user started: which (as given to `start`).
    Output {
        /// The index of the program, as given to `Tracer::start`.
        program: usize,
    },
    /// The standard error of one of those programs.
    Errors {
        /// The index of the program, as given to `Tracer::start`.
        program: usize,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
    },
    /// Something else: an epoll set, a timer, a device.
    Other,
}
