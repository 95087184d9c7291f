//! One file per family of commands. A command reads its arguments, calls a verb, and prints what it answered.

mod agreement;
mod application;
mod audit;
mod centre;
mod check;
mod demo;
mod earlier;
mod haven;
mod keyholder;
mod link;
mod look;
mod manual;
mod mesh;
mod notice;
mod org;
mod papers;
mod person;
mod publish;
mod register;
mod reidentify;
mod release;
mod serve;
mod spec;
mod spec_files;
mod synth;
mod tabulate;
mod trace;

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::cli::{Cli, Command};
use crate::exit::CommandResult;
use crate::wiring;
pub use serve::LARGEST_FILE_MIB;

/// Runs what was asked.
pub async fn run(cli: Cli) -> CommandResult {
    wiring::sign_in_with(cli.token_file.as_deref())?;
    let quiet = cli.quiet;
    match cli.command {
        Command::Check(args) => check::check(args, quiet),
        Command::Init(args) => centre::init(args, quiet).await,
        Command::Land(args) => centre::land(args, quiet).await,
        Command::Accept(args) => centre::accept(args).await,
        Command::Work(args) => centre::work(args, quiet).await,
        Command::Status(args) => look::status(args).await,
        Command::Keyholder { command } => keyholder::keyholder(command, quiet).await,
        Command::Reidentify { command } => reidentify::reidentify(command).await,
        Command::Register { command } => register::register(command, quiet).await,
        Command::Trace(args) => trace::trace(args, quiet).await,
        Command::Mesh { command } => mesh::mesh(command).await,
        Command::Org { command } => org::org(command).await,
        Command::Notice { command } => notice::notice(command).await,
        Command::Application { command } => application::application(command).await,
        Command::Agreement { command } => agreement::agreement(command).await,
        Command::Publish { command } => publish::publish(command).await,
        Command::Release(args) => release::release(args, quiet).await,
        Command::OptOut { command } => release::opt_out(command).await,
        Command::Link(args) => link::link(args, quiet).await,
        Command::Query(args) => look::query(args).await,
        Command::Tabulate(args) => tabulate::tabulate(*args, quiet).await,
        Command::Vault { command } => haven::vault(command).await,
        Command::Warehouse { command } => haven::warehouse(command).await,
        Command::Reference { command } => haven::reference(command).await,
        Command::Audit { command } => audit::audit(command).await,
        Command::Witness { command } => audit::witness(command),
        Command::Spec { command } => spec::spec(command).await,
        Command::Synth(args) => synth::synth(args, quiet),
        Command::Demo(args) => demo::demo(args, quiet).await,
        Command::Person { command } => person::person(command).await,
        Command::Access { command } => person::access(command).await,
        Command::Serve(args) => serve::serve(&args.data.dir, args.listen, args.largest_file).await,
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::man(out),
    }
}

/// Opens a file that was named on the command line; or says, in a sentence without a full stop, why it cannot be read.
fn open_named(path: &Path) -> Result<File, &'static str> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err("It is a folder, not a file"),
        Ok(_) => File::open(path).map_err(|_| "You may not read it"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("There is no file of that name"),
        Err(_) => Err("It cannot be read"),
    }
}
