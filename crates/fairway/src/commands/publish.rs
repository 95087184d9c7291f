//! `fairway publish`: what a processing centre shows to everybody.

use serde_json::json;

use crate::cli::publish::PublishCommand;
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn publish(command: PublishCommand) -> CommandResult {
    let PublishCommand::Register { out, look } = command;
    let service = wiring::service(&look.data.dir, true).await?;
    let published = service.publish_register(&wiring::actor(), &out).await?;
    let (participants, files) = (published.register.participants.len(), published.register.releases.len());
    if look.json {
        output::json(&json!({
            "folder": published.folder.display().to_string(), "files": published.files, "as_of": published.register.as_of,
            "participants": participants, "released_files": files,
        }))?;
    } else {
        output::line(format!("{participants} councils take part; {files} files were released."))?;
        let written = published.files.iter().map(|name| published.folder.join(name));
        for path in written {
            output::line(format!("  {}", path.display()))?;
        }
    }
    Ok(Exit::Clean)
}
