//! Tries files on a target: `attempt TARGET FILE…`; ends with a panic where a promise is broken.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, files @ ..] = arguments.as_slice() else { return Err("TARGET FILE…".into()) };
    let target = fairway_proof::TARGETS.iter().find(|(known, _)| known == name).ok_or("there is no such target")?;
    for file in files {
        target.1(&std::fs::read(file)?);
    }
    Ok(())
}
