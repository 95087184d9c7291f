//! `fairway completions` and `fairway man`, made from the command line's own definition.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::centre::fault;
use crate::cli::Cli;
use crate::exit::{CommandResult, Exit};
use crate::output;

pub fn completions(shell: Shell) -> CommandResult {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "fairway", &mut text);
    io::Write::write_all(&mut io::stdout().lock(), &text)?;
    Ok(Exit::Clean)
}

pub fn man(out: Option<PathBuf>) -> CommandResult {
    let Some(folder) = out else {
        let mut text = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut text)?;
        io::Write::write_all(&mut io::stdout().lock(), &text)?;
        return Ok(Exit::Clean);
    };
    fs::create_dir_all(&folder).map_err(|error| fault("folder of the manual cannot be made", error))?;
    clap_mangen::generate_to(Cli::command(), &folder).map_err(|error| fault("manual cannot be written", error))?;
    output::line(format!("The manual is in {}.", folder.display()))?;
    Ok(Exit::Clean)
}
