//! Writes a specification to standard output: `cargo run -p fairway-spec --example export -- asc-cld/r2 table-schema`.

use std::error::Error;
use std::io::{Write, stdout};

use fairway_spec::{ExportFormat, export, resolve};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, format] = words.as_slice() else {
        return Err("say which specification and which form: asc-cld/r2 table-schema".into());
    };
    let format: ExportFormat = format.parse()?;
    let text = export(&*resolve(name)?, format)?;
    stdout().write_all(text.as_bytes())?;
    Ok(())
}
