//! The command line of Fairway: reads what is asked, wires the machines, prints what came of it.

mod cli;
mod commands;
mod exit;
mod extract;
mod output;
mod tracing;
mod whole_file;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

/// DataFusion plans recursively; its own binaries give their threads this much stack.
const THREAD_STACK_BYTES: usize = 32 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Whatever is done, somebody's data or keys may be in this process.
    if let Err(fault) = fairway_keyholder::leave_no_dump() {
        return exit::say(&exit::Stop::Fault(fault)).into();
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(THREAD_STACK_BYTES).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let fault = fairway_domain::Fault::from_source("worker threads cannot be started", error);
            return exit::say(&exit::Stop::Fault(fault)).into();
        }
    };
    let asked = std::thread::Builder::new().stack_size(THREAD_STACK_BYTES);
    let asked = asked
        .spawn(move || runtime.block_on(commands::run(cli)))
        .and_then(|running| running.join().map_err(|_| std::io::Error::other("it came to an end that nobody foresaw")));
    let ended = asked.unwrap_or_else(|error| {
        Err(exit::Stop::Fault(fairway_domain::Fault::from_source("the command stopped", error)))
    });
    match ended {
        Ok(exit) => exit.into(),
        Err(stop) => exit::say(&stop).into(),
    }
}
