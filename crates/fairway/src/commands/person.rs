//! People, their roles and tokens; the permission table.

use std::fs;

use fairway_domain::FaultExt;
use fairway_service::{Permissions, Person};
use serde_json::{Value, json};

use crate::cli::{AccessCommand, Matrix, MatrixFormat, PersonCommand, PersonToken};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::wiring;

pub async fn person(command: PersonCommand) -> CommandResult {
    match command {
        PersonCommand::Add(args) => {
            let service = wiring::service(&args.data.dir, true).await?;
            say(&service.add_person(&wiring::actor(), &args.name, args.org).await?, args.json)?;
        }
        PersonCommand::List(args) => {
            let people = wiring::service(&args.data.dir, true).await?.list_people().await?;
            if args.json {
                output::json(&people.iter().map(as_json).collect::<Vec<_>>())?;
                return Ok(Exit::Clean);
            }
            people.iter().try_for_each(|person| say(person, false))?;
        }
        PersonCommand::Grant(args) => {
            let service = wiring::service(&args.data.dir, true).await?;
            let times = (args.from, args.until);
            say(&service.grant_role(&wiring::actor(), args.person, args.role, times).await?, false)?;
        }
        PersonCommand::Revoke(args) => {
            let service = wiring::service(&args.data.dir, true).await?;
            say(&service.revoke_role(&wiring::actor(), args.person, args.role).await?, false)?;
        }
        PersonCommand::Token(args) => return token(args).await,
        PersonCommand::Retire(args) => {
            wiring::service(&args.data.dir, true).await?.retire_person(&wiring::actor(), args.person).await?;
            output::line("Ended.")?;
        }
    }
    Ok(Exit::Clean)
}

async fn token(args: PersonToken) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    if let Some(token) = args.revoke {
        service.revoke_token(&wiring::actor(), &token).await?;
        output::line("Revoked.")?;
    } else if let Some(person) = args.person {
        output::line(service.make_token(&wiring::actor(), person, args.days).await?.text)?;
    }
    Ok(Exit::Clean)
}

fn say(person: &Person, json: bool) -> Result<(), Stop> {
    if json {
        return Ok(output::json(&as_json(person))?);
    }
    let ended = if person.retired_at.is_some() { ", ended" } else { "" };
    output::line(format!("{}  {} ({}){ended}", person.id, person.name, person.organisation))?;
    for held in &person.roles {
        let until = held.until.map(|until| format!(" until {until}")).unwrap_or_default();
        output::line(format!("  {} from {}{until}, granted by {}", held.role, held.from, held.granted_by))?;
    }
    for token in &person.tokens {
        output::line(format!("  token {} until {}", token.id, token.expires_at))?;
    }
    Ok(())
}

fn as_json(person: &Person) -> Value {
    let roles = person.roles.iter().map(|held| {
        json!({
            "role": held.role.as_str(), "from": held.from.to_string(),
            "until": held.until.map(|until| until.to_string()), "granted_by": held.granted_by,
        })
    });
    let tokens = person.tokens.iter().map(|one| json!({ "token": one.id, "expires_at": one.expires_at.to_string() }));
    json!({
        "person": person.id.to_string(), "name": person.name, "organisation": person.organisation.as_str(),
        "retired_at": person.retired_at.map(|at| at.to_string()),
        "roles": roles.collect::<Vec<_>>(), "tokens": tokens.collect::<Vec<_>>(),
    })
}

pub async fn access(command: AccessCommand) -> CommandResult {
    let AccessCommand::Matrix(args) = command;
    let table = table(&args).await?;
    let text = match args.format {
        MatrixFormat::Csv => table.as_csv(),
        MatrixFormat::Markdown => table.as_markdown(),
        MatrixFormat::Html => table.as_html(),
    };
    match args.out {
        Some(path) => fs::write(path, text).fault("permission table cannot be written")?,
        None => output::line(text.trim_end())?,
    }
    Ok(Exit::Clean)
}

async fn table(args: &Matrix) -> Result<Permissions, Stop> {
    match &args.dir {
        Some(dir) => Ok(wiring::service(dir, true).await?.permissions().clone()),
        None => Ok(Permissions::published()?),
    }
}
