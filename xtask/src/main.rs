//! `cargo xtask arrows` and `cargo xtask guards`: each prints every problem and ends with 1 if there is one.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

fn main() -> anyhow::Result<ExitCode> {
    // Cargo says where the package lies when it runs it: the program in a shared target folder may have been built in another checkout.
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").context("start it with `cargo run -p xtask`")?);
    let root = here.parent().context("xtask has no parent folder")?;
    let chore = std::env::args().nth(1);
    let (looked_at, problems) = match chore.as_deref() {
        Some("arrows") => {
            let crates = xtask::arrows::read(&root.join("Cargo.toml"))?;
            (format!("{} crates", crates.len()), xtask::arrows::problems(&crates))
        }
        Some("guards") => {
            let files = xtask::guards::read(root)?;
            let mut problems = xtask::guards::problems(&files);
            problems.extend(xtask::verbs::problems(&files));
            (format!("{} files", files.len()), problems)
        }
        _ => {
            writeln!(std::io::stderr(), "usage: cargo xtask arrows | guards")?;
            return Ok(ExitCode::from(2));
        }
    };
    let mut out = std::io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    writeln!(out, "{}: {looked_at}, {} problems", chore.unwrap_or_default(), problems.len())?;
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
