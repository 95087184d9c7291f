//! Exit codes of the command line, and what is said when something is refused or fails.

use std::io::Write;
use std::process::ExitCode;

use fairway_domain::{Fault, Refusal};
use fairway_service::VerbError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; a checked file is clean.
    Clean,
    /// The file is rejected.
    Rejected,
    /// There are errors or warnings to confirm.
    Confirm,
    /// The file is rejected, and was not read to its end.
    StoppedEarly,
    /// The request was refused.
    Refused,
    /// A fault of ours.
    Fault,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Rejected => 10,
            Exit::Confirm => 11,
            Exit::Refused => 12,
            Exit::StoppedEarly => 13,
            Exit::Fault => 20,
        })
    }
}

impl Exit {
    /// The one that matters more, where several files were checked.
    pub fn worse(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Clean => 0,
            Self::Confirm => 1,
            Self::Rejected => 2,
            Self::StoppedEarly => 3,
            Self::Refused => 4,
            Self::Fault => 5,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub enum Stop {
    /// Refused: say all the reasons.
    Refused(Refusal),
    /// Fault: say the chain of causes.
    Fault(Fault),
    /// The reader of our output went away: end without a word.
    Gone,
}

/// What a command answers.
pub type CommandResult = Result<Exit, Stop>;

impl From<VerbError> for Stop {
    fn from(error: VerbError) -> Self {
        match error {
            VerbError::Refused(refusal) | VerbError::Denied(refusal) | VerbError::NotFound(refusal) => {
                Self::Refused(refusal)
            }
            VerbError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        if is_broken_pipe(&fault) { Self::Gone } else { Self::Fault(fault) }
    }
}

/// Whether somebody stopped reading what we print: the only pipe that Fairway writes to.
fn is_broken_pipe(fault: &Fault) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(fault);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
            return true;
        }
        cause = error.source();
    }
    false
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<std::io::Error> for Stop {
    /// Errors of standard output.
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::Gone
        } else {
            Self::Fault(Fault::from_source("output cannot be written", error))
        }
    }
}

/// Says why a command stopped, on standard error, and gives its exit code.
pub fn say(stop: &Stop) -> Exit {
    let mut err = std::io::stderr().lock();
    match stop {
        Stop::Refused(refusal) => {
            let _ = writeln!(err, "{refusal}");
            Exit::Refused
        }
        Stop::Fault(fault) => {
            let _ = writeln!(err, "There is a problem with Fairway, not with your file.");
            let mut cause: Option<&dyn std::error::Error> = Some(fault);
            let mut lead = "fault";
            while let Some(error) = cause {
                let _ = writeln!(err, "  {lead}: {error}");
                lead = "because";
                cause = error.source();
            }
            Exit::Fault
        }
        Stop::Gone => Exit::Clean,
    }
}
