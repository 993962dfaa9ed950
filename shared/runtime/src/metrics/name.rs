//! The names of all metrics: dashboards and alarms key on them. A name means the same in every function.

/// What is counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Records taken in.
    Records,
    /// Outcomes, by `Verdict` and `Reason`.
    Outcomes,
    /// From the call to the finding, in milliseconds.
    DetectionLatency,
    /// Changes that wait for their declared state.
    Holds,
    /// Versions of the rules file that are wrong and were left aside for an earlier one.
    RulesRefused,
    /// Changes settled because the declared state moved, or time passed, by `Kind`.
    Settled,
    /// Findings that are new or stand otherwise.
    Findings,
    /// Messages put into quarantine, by `Reason`.
    Quarantined,
    /// Messages that come back, by `Reason`.
    Retried,
    /// Origins of declared state read, by `Tool`.
    Origins,
    /// Declarations read.
    Declarations,
    /// Items written.
    Written,
    /// Entries of the stream, by `Kind`.
    StreamRecords,
    /// Findings put on the bus.
    Published,
    /// Entries that the bus refused and that were sent again, by `Reason`.
    Resent,
    /// Findings of which values were left out, because they are too large for the bus.
    Elided,
    /// Notices, by `Sink` and `Outcome`.
    Notices,
    /// From the finding to the notice, in milliseconds.
    NoticeLatency,
}

impl Name {
    /// As it stands in CloudWatch.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Records => "Records",
            Self::Outcomes => "Outcomes",
            Self::DetectionLatency => "DetectionLatency",
            Self::Holds => "Holds",
            Self::RulesRefused => "RulesRefused",
            Self::Settled => "Settled",
            Self::Findings => "Findings",
            Self::Quarantined => "Quarantined",
            Self::Retried => "Retried",
            Self::Origins => "Origins",
            Self::Declarations => "Declarations",
            Self::Written => "Written",
            Self::StreamRecords => "StreamRecords",
            Self::Published => "Published",
            Self::Resent => "Resent",
            Self::Elided => "Elided",
            Self::Notices => "Notices",
            Self::NoticeLatency => "NoticeLatency",
        }
    }
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
}

impl Unit {
    /// As CloudWatch spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Bytes => "Bytes",
            Self::Milliseconds => "Milliseconds",
        }
    }
}
