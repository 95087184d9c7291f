//! stub
use crate::cli::Demo;
use crate::exit::{CommandResult, Exit};
pub async fn demo(_args: Demo, _quiet: bool) -> CommandResult { Ok(Exit::Clean) }
