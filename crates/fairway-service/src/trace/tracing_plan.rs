use std::fmt;
use std::sync::Arc;

use fairway_domain::port::TracingService;
use fairway_domain::{Fault, FaultExt};
use fairway_trace::HoldRule;
use fairway_trace::format::Layout;

/// Where a processing centre's people are traced, and when a trace is held for a person to look at.
#[derive(Clone)]
pub struct TracingPlan {
    /// Who is asked in place of the register here.
    pub elsewhere: Option<Elsewhere>,
    /// When a trace is held.
    pub hold: HoldRule,
}

/// A tracing service elsewhere.
#[derive(Clone)]
pub struct Elsewhere {
    /// Takes requests and gives responses.
    pub service: Arc<dyn TracingService>,
    /// How both are laid out.
    pub layout: Arc<Layout>,
    /// How long to wait before a response is asked after again.
    pub ask_again_seconds: u32,
}

impl TracingPlan {
    /// Everybody is traced against the register here; the rule is the one that comes with Fairway.
    ///
    /// # Errors
    /// Never as it is shipped.
    pub fn here() -> Result<Self, Fault> {
        Ok(Self { elsewhere: None, hold: HoldRule::builtin().fault("rule of held traces cannot be read")? })
    }
}

impl fmt::Debug for TracingPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracingPlan").field("elsewhere", &self.elsewhere.is_some()).field("hold", &self.hold).finish()
    }
}
