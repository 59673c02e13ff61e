//! Which kinds of causes say no more than that another program came to its end or to a halt first: where something is
//! wrong with that program too, that comes first.

use super::Code;

impl Code {
    /// It explains a failure by what another program did or did not do, and not why that was so.
    pub fn leads_elsewhere(self) -> bool {
        matches!(
            self,
            Code::PeerHasClosed
                | Code::PeerWaitsElsewhere
                | Code::PipeHasNoReader
                | Code::PipeHoldersWaitElsewhere
                | Code::ChildNeverEnds
                | Code::ClientNeverComes
                | Code::NobodyListens
                | Code::NoLongerListens
                | Code::ServerCouldNotBind
                | Code::DatagramRefused
                | Code::TimeLimitReached
                | Code::NoExitCode
                | Code::WaitsAlone
                | Code::StandstillUnexplained
        )
    }
}
