//! Writes the guide's page for each rule of the specifications that come with Fairway, and takes away those of rules that
//! are gone: `cargo run -p fairway-spec --example pages`. A test fails where the guide and the specifications differ.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use fairway_spec::{Spec, builtin, rule_pages};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/rules");
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&folder)? {
        fs::remove_file(entry?.path())?;
    }
    let releases: Vec<Arc<Spec>> = builtin().iter().map(Spec::builtin).collect::<Result<_, _>>()?;
    // Those with rules of their own.
    let releases: Vec<Arc<Spec>> = releases.into_iter().filter(|spec| !spec.rules.is_empty()).collect();
    let releases: Vec<&Spec> = releases.iter().map(AsRef::as_ref).collect();
    for page in rule_pages(&releases) {
        fs::write(folder.join(page.file), page.text)?;
    }
    Ok(())
}
