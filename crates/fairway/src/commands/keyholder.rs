//! The keyholder: made, started, unlocked and sealed; and the life of its keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fairway_domain::port::{Keyholder, KeyholderStatus};
use fairway_domain::{Fault, FaultExt, Refusal};
use fairway_keyholder::{Custodian, KeyFolder, KeyholderClient, Locked, Server, found, lock_memory};
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::{
    Bridge, KeyDestroy, KeyEpoch, KeyList, KeyMove, KeyPlace, KeyholderCommand, KeyholderInit, KeyholderServe,
    KeyholderUnlock,
};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::wiring;

pub async fn keyholder(command: KeyholderCommand, quiet: bool) -> CommandResult {
    match command {
        KeyholderCommand::Init(args) => init(args),
        KeyholderCommand::Serve(args) => serve(args, quiet).await,
        KeyholderCommand::Unlock(args) => unlock(&args),
        KeyholderCommand::Seal(args) => {
            wiring::keyholder(&args.data.dir)?.seal()?;
            output::line("The keyholder is sealed.")?;
            Ok(Exit::Clean)
        }
        KeyholderCommand::Status(args) => status(&wiring::keyholder(&args.data.dir)?.status()),
        KeyholderCommand::Keys(args) => list(args).await,
        KeyholderCommand::Rotate(args) => rotate(args).await,
        KeyholderCommand::Retire(args) => retire(args).await,
        KeyholderCommand::Destroy(args) => destroy(args).await,
        KeyholderCommand::Bridge(args) => bridge(args, quiet).await,
    }
}

fn folder(place: KeyPlace) -> KeyFolder {
    match (place.keys, place.data) {
        (Some(keys), _) => KeyFolder::new(keys),
        (None, data) => KeyFolder::beside(&data.unwrap_or_default()),
    }
}

fn init(args: KeyholderInit) -> CommandResult {
    let folder = folder(args.place);
    let custodians = args.custodians.into_iter().map(|name| {
        let passphrase = match &args.passphrases {
            Some(dir) => phrase_of(dir, &name)?,
            None => new_phrase(&name)?,
        };
        Ok(Custodian { name, passphrase })
    });
    let custodians = custodians.collect::<Result<Vec<_>, Stop>>()?;
    found(&folder, &custodians, args.threshold, args.work_factor)??;
    output::line(format!("Keys are made in {}.", folder.root().display()))?;
    output::line(format!(
        "  {} custodians have a share of the root key; any {} of them unlock it. It is nowhere else.",
        custodians.len(),
        args.threshold
    ))?;
    output::line("Next: fairway keyholder serve, and fairway keyholder unlock by the custodians")?;
    Ok(Exit::Clean)
}

async fn serve(args: KeyholderServe, quiet: bool) -> CommandResult {
    let folder = folder(args.place);
    if !folder.is_founded() {
        return Err(Stop::Refused(Refusal::new(
            "The keyholder cannot start",
            format!("{} has no keys and no custodians", folder.root().display()),
            "Make them with: fairway keyholder init",
        )));
    }
    let locked = lock_memory()?;
    let socket = args.socket.unwrap_or_else(|| folder.socket());
    let server = Server::bind(&folder, &socket, args.user)?;
    if !quiet {
        output::line(format!("The keyholder listens at {}, sealed.", socket.display()))?;
        if locked == Locked::None {
            output::line(
                "  Its memory may be written to swap: allow its user unlimited locked memory, or have no swap.",
            )?;
        }
        output::line("Next: fairway keyholder unlock by its custodians")?;
    }
    server.run(async { wiring::told_to_end().await }).await?;
    Ok(Exit::Clean)
}

fn unlock(args: &KeyholderUnlock) -> CommandResult {
    let client = wiring::keyholder(&args.keys.data.dir)?;
    let mut stands = settled(&client);
    let KeyholderStatus::Sealed { custodians, .. } = &stands else { return status(&stands) };
    let names = args.custodian.as_ref().map_or_else(|| custodians.clone(), |one| vec![one.clone()]);
    for name in names {
        let passphrase = match (&args.passphrase_file, &args.passphrases) {
            (Some(file), _) => first_line(file)?,
            (None, Some(dir)) if !dir.join(&name).is_file() => continue,
            (None, Some(dir)) => phrase_of(dir, &name)?,
            (None, None) => asked(&format!("Passphrase of {name}: "))?,
        };
        stands = client.unlock(&name, &passphrase)??;
        if stands == KeyholderStatus::Ready {
            break;
        }
    }
    match &stands {
        KeyholderStatus::Sealed { needed, given, .. } if args.custodian.is_some() => {
            output::line(format!("Taken. {given} of {needed} custodians have unlocked the keyholder."))?;
            Ok(Exit::Clean)
        }
        stands => status(stands),
    }
}

/// A keyholder that was started just now may need a moment before it listens.
fn settled(client: &KeyholderClient) -> KeyholderStatus {
    const MOMENT: Duration = Duration::from_secs(10);
    let begun = Instant::now();
    loop {
        match client.status() {
            KeyholderStatus::Away { .. } if begun.elapsed() < MOMENT => std::thread::sleep(Duration::from_millis(20)),
            status => return status,
        }
    }
}

fn status(status: &KeyholderStatus) -> CommandResult {
    let next = match status {
        KeyholderStatus::Ready => {
            output::line("The keyholder is unlocked.")?;
            return Ok(Exit::Clean);
        }
        KeyholderStatus::Sealed { .. } => "Custodians unlock it with: fairway keyholder unlock",
        KeyholderStatus::Away { .. } => "Start it with: fairway keyholder serve",
    };
    Err(Stop::Refused(Refusal::new("No keys can be used now", format!("The {status}"), next)))
}

fn phrase_of(dir: &Path, name: &str) -> Result<Zeroizing<String>, Stop> {
    let plain = Path::new(name).components().count() == 1 && Path::new(name).file_name().is_some();
    if !plain {
        return Err(refused(format!("{name} cannot be the name of a file"), "Give passphrases at the prompt"));
    }
    first_line(&dir.join(name))
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, Stop> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
        refused(format!("{} cannot be read: {error}", path.display()), "Name a file whose first line is the passphrase")
    })?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn asked(prompt: &str) -> Result<Zeroizing<String>, Stop> {
    let typed = rpassword::prompt_password(prompt).map(Zeroizing::new);
    typed.map_err(|_| {
        refused("There is no terminal to ask at".into(), "Name files with --passphrases or --passphrase-file")
    })
}

fn new_phrase(name: &str) -> Result<Zeroizing<String>, Stop> {
    let first = asked(&format!("A new passphrase for {name}: "))?;
    if *asked("The same again: ")? != *first {
        return Err(refused(format!("{name} typed two different passphrases"), "Begin again"));
    }
    Ok(first)
}

fn refused(reason: String, next: &str) -> Stop {
    Stop::Refused(Refusal::new("No passphrase could be read", reason, next))
}

async fn list(args: KeyList) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let keys = service.keys().await?;
    if args.json {
        let rows = keys.iter().map(|key| {
            let (recorded, held) = (&key.recorded, key.held.map(fairway_domain::KeyState::as_str));
            json!({
                "key_id": recorded.key_id, "domain": recorded.domain.name, "epoch": recorded.domain.epoch,
                "state": recorded.state.as_str(), "held": held, "commitment": recorded.commitment.to_string(),
                "canaries": recorded.canaries.iter().map(|canary| canary.0.as_str()).collect::<Vec<_>>(),
            })
        });
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    for key in &keys {
        let recorded = &key.recorded;
        output::line(format!(
            "{}  {:<11}  {}  commitment {}",
            recorded.key_id, recorded.state, recorded.domain, recorded.commitment
        ))?;
        if let Some(why) = &key.differs {
            output::line(format!("      {why}"))?;
        }
    }
    if keys.is_empty() {
        output::line("No key has been made yet.")?;
    }
    Ok(if keys.iter().any(|key| key.differs.is_some()) { Exit::Fault } else { Exit::Clean })
}

async fn rotate(args: KeyMove) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let (old, new) = service.rotate_key(&wiring::actor(), &args.agreement).await?;
    output::line(format!("Key {} of {} is active; {} is verify-only.", new.key_id, new.domain, old.key_id))?;
    output::line(format!("Next: key_epoch: {} in the agreement's document", new.domain.epoch))?;
    Ok(Exit::Clean)
}

async fn retire(args: KeyEpoch) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let key = service.retire_key(&wiring::actor(), &args.agreement, args.epoch).await?;
    output::line(format!("Key {} of {} is {}.", key.key_id, key.domain, key.state))?;
    Ok(Exit::Clean)
}

async fn destroy(args: KeyDestroy) -> CommandResult {
    let service = wiring::service(&args.key.data.dir, true).await?;
    let two = (args.by.as_str(), args.approved_by.as_str());
    let key = service.destroy_key(&wiring::actor(), &args.key.agreement, args.key.epoch, two).await?;
    output::line(format!("Key {} of {} is {}; its record stays.", key.key_id, key.domain, key.state))?;
    Ok(Exit::Clean)
}

async fn bridge(args: Bridge, quiet: bool) -> CommandResult {
    let text = super::centre::agreement(&args.agreement)?;
    let service = wiring::service(&args.data.dir, quiet).await?;
    let report = service.bridge(&wiring::actor(), &text).await?;
    output::line(format!("{} pairs of pseudonyms lie in the outbox.", output::grouped(report.pairs)))?;
    output::line(format!("  {}", report.folder.display()))?;
    Ok(Exit::Clean)
}

/// A keyholder that this process has started; it ends with it.
pub struct Companion {
    child: std::process::Child,
}

impl Companion {
    /// Starts a keyholder for the demo beside `data`, with custodians whose passphrases lie in `phrases`, and unlocks it.
    pub fn start(data: &Path, phrases: &Path) -> Result<Self, Stop> {
        const WHAT: &str = "keyholder of the demo cannot be started";
        let folder = KeyFolder::beside(data);
        if !folder.is_founded() {
            demo_custodians(&folder, phrases)?;
        }
        let program = std::env::current_exe().fault(WHAT)?;
        let mut command = std::process::Command::new(program);
        command.args(["--quiet", "keyholder", "serve", "--keys"]).arg(folder.root());
        let companion = Self { child: command.spawn().fault(WHAT)? };
        let client = KeyholderClient::at(folder.socket());
        if let away @ KeyholderStatus::Away { .. } = settled(&client) {
            return Err(Stop::Fault(Fault::new(away.to_string())));
        }
        for name in DEMO_CUSTODIANS {
            if client.unlock(name, &phrase_of(phrases, name)?)?? == KeyholderStatus::Ready {
                break;
            }
        }
        Ok(companion)
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        // It holds nothing but what is in its memory.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Offices that keep shares in the demo; two unlock.
const DEMO_CUSTODIANS: [&str; 3] = ["Caldicott Guardian", "Senior Information Risk Owner", "Security"];
const DEMO_THRESHOLD: usize = 2;
/// A guess is cheap in the demo, whose passphrases lie beside its data anyway.
const DEMO_WORK_FACTOR: u8 = 6;

fn demo_custodians(folder: &KeyFolder, phrases: &Path) -> Result<(), Stop> {
    const WHAT: &str = "passphrases of the demo cannot be written";
    fs::create_dir_all(phrases).fault(WHAT)?;
    let mut custodians = Vec::new();
    for name in DEMO_CUSTODIANS {
        let passphrase = Zeroizing::new(format!("the demo's passphrase of the {name}"));
        let path: PathBuf = phrases.join(name);
        fs::write(&path, passphrase.as_bytes()).fault(WHAT)?;
        custodians.push(Custodian { name: name.to_owned(), passphrase });
    }
    found(folder, &custodians, DEMO_THRESHOLD, DEMO_WORK_FACTOR)??;
    Ok(())
}
