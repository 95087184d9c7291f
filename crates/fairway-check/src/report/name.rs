//! What a file is called, where others read it: people on a screen, the file system as a folder's name. The name is the
//! sender's, and may be anything.

use crate::header::visible;

/// Longest name of a folder, in bytes. File systems take 255.
const LONGEST: usize = 200;

/// A file's name for the eye: characters that steer a terminal, turn the text around or are not seen at all are replaced
/// with `�`.
pub fn shown_name(name: &str) -> String {
    name.chars().map(|c| if visible(c) { c } else { '\u{fffd}' }).collect()
}

/// The name of the folder that a file's reports go to: the file's without `.csv` and `.gz`, and always a single part of a
/// path, on every file system. Two files may come to the same.
pub fn folder_name(file: &str) -> String {
    let name = file.strip_suffix(".gz").unwrap_or(file);
    let name = name.strip_suffix(".csv").unwrap_or(name);
    let plain = |c: char| if visible(c) && !r#"/\:*?"<>|"#.contains(c) { c } else { '_' };
    let mut name: String = name.chars().map(plain).collect();
    name.truncate(name.floor_char_boundary(LONGEST));
    name.truncate(name.trim_end_matches(['.', ' ']).len());
    if name.is_empty() { "file".to_owned() } else { name }
}
