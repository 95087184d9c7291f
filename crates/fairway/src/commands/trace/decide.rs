//! `fairway trace approve` and `reject`: a person's word about a trace that waits for it.

use crate::cli::Decide;
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn decide(args: Decide, take: bool) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let (actor, id) = (wiring::actor(), args.submission);
    let run = if take {
        service.approve_trace(&actor, &args.by, id).await?
    } else {
        service.reject_trace(&actor, &args.by, id).await?
    };
    if args.json {
        output::json(&run)?;
    } else {
        output::line(format!("The trace of {id} is {}.", run.state))?;
        output::line(format!("Next: fairway work --data {} --until-idle", args.data.dir.display()))?;
    }
    Ok(Exit::Clean)
}
