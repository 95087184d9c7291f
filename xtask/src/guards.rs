//! Small promises about the files themselves: their length, what must not be left in them, what must be said in them.
//!
//! That every field and every derived column has a privacy class is not looked at here: a specification without one
//! does not load (`fairway-spec`). That nothing unwraps outside tests is clippy's (`[workspace.lints]`).

use std::path::Path;

use ignore::WalkBuilder;

/// A file by its path from the root of the repository, with `/`.
#[derive(Debug, Clone)]
pub struct File {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Longest file of code, in lines, that need not say why it is so long.
const LONGEST: usize = 600;
/// How it says so, in its first lines.
const LONG_BECAUSE: &str = "Long because";
/// What is code.
const CODE: [&str; 6] = ["rs", "sh", "mjs", "py", "css", "html"];

/// What must not be left in Rust. Written in two halves, so that this file does not hold them itself.
const LEFT_OVER: [&str; 7] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("#[al", "low("),
    concat!("#![al", "low("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// First folders of paths that exist on somebody's machine, not on the reader's.
const MACHINE_FOLDERS: [&str; 4] = ["tmp", "root", "work", "home"];
/// Files that may break one promise, with the reason. The list may shrink, never grow: a row without need is a problem.
const EXCEPTIONS: [(&str, Promise, &str); 6] = [
    ("crates/fairway-store/tests/it/kill.rs", Promise::NothingLeftOver, "minutes under strace: `make soak` runs it"),
    ("crates/fairway-store/tests/it/power.rs", Promise::NothingLeftOver, "root and loop devices: `make soak` runs it"),
    ("crates/fairway-warehouse/tests/it/cut_off.rs", Promise::NothingLeftOver, "a child that another test runs"),
    ("crates/fairway-warehouse/tests/it/durability.rs", Promise::NothingLeftOver, "a child that other tests run"),
    ("crates/fairway-warehouse/tests/it/figures.rs", Promise::NothingLeftOver, "a measurement, not a test"),
    (
        "crates/fairway-warehouse/tests/it/interop.rs",
        Promise::NothingLeftOver,
        "`make test` runs it before read_delta.py",
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    NothingLeftOver,
    NoMachinePath,
}

/// Reads every text file that is not ignored, whether it is committed yet or not.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn read(root: &Path) -> anyhow::Result<Vec<File>> {
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .sort_by_file_path(Ord::cmp)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry?;
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(text) = String::from_utf8(std::fs::read(entry.path())?) {
            let path = entry.path().strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
    Ok(files)
}

/// Every broken promise.
pub fn problems(files: &[File]) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| {
            let left_over = unless_excepted(file, Promise::NothingLeftOver, left_over(file));
            let paths = unless_excepted(file, Promise::NoMachinePath, machine_paths(file));
            too_long(file).into_iter().chain(left_over).chain(paths).chain(no_status(file)).collect::<Vec<_>>()
        })
        .collect()
}

/// What is found in a file, or nothing where it is excepted. An exception for nothing is itself a problem.
fn unless_excepted(file: &File, promise: Promise, found: Vec<String>) -> Vec<String> {
    let excepted = EXCEPTIONS.iter().any(|(path, broken, _)| *path == file.path && *broken == promise);
    match (excepted, found.is_empty()) {
        (false, _) => found,
        (true, false) => Vec::new(),
        (true, true) => vec![format!("{}: needs no exception any more; take its row out of guards.rs", file.path)],
    }
}

fn too_long(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let says_why = file.text.lines().take(15).any(|line| line.contains(LONG_BECAUSE));
    (is_code(file) && lines > LONGEST && !says_why)
        .then(|| format!("{}: {lines} lines; cut it below {LONGEST}, or say at its top “{LONG_BECAUSE} …”", file.path))
}

fn left_over(file: &File) -> Vec<String> {
    if extension(file) != "rs" {
        return Vec::new();
    }
    let found = |line: &str| LEFT_OVER.into_iter().find(|word| holds_word(line, word));
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| Some(format!("{}:{}: `{}` must not be left here", file.path, at + 1, found(line)?)))
        .collect()
}

fn machine_paths(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            let folder = machine_path(line)?;
            Some(format!("{}:{}: names a path under /{folder}, which is on somebody’s machine only", file.path, at + 1))
        })
        .collect()
}

/// The folder of the first machine path in a line. A folder of that name further down a path or an address is none.
fn machine_path(line: &str) -> Option<&'static str> {
    MACHINE_FOLDERS.into_iter().find(|folder| {
        let path = format!("/{folder}/");
        line.match_indices(&path).any(|(at, _)| {
            !line[..at]
                .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '/' | '.' | '-' | '_' | '}'))
        })
    })
}

fn no_status(file: &File) -> Option<String> {
    let decision = file.path.starts_with("docs/adr/") && extension(file) == "md";
    let status = |line: &str| line.trim_start_matches(['#', '*', '-', ' ']).starts_with("Status");
    (decision && !file.text.lines().any(status)).then(|| format!("{}: has no Status", file.path))
}

/// Whether a line holds the text, not as a part of a longer word.
fn holds_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let after = line[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        !(before || after && word.ends_with(char::is_alphanumeric))
    })
}

fn is_code(file: &File) -> bool {
    CODE.contains(&extension(file))
}

fn extension(file: &File) -> &str {
    file.path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        problems(&[File { path: path.into(), text: text.into() }])
    }

    #[test]
    fn the_repository_keeps_its_promises() {
        let files = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
        assert!(files.len() > 100);
        assert_eq!(problems(&files), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_is_too_long_is_found_unless_it_says_why() {
        let long = "line\n".repeat(LONGEST + 1);
        assert_eq!(found("a.rs", &long), ["a.rs: 601 lines; cut it below 600, or say at its top “Long because …”"]);
        assert!(found("a.rs", &format!("//! {LONG_BECAUSE} it is one table.\n{long}")).is_empty());
        assert!(found("a.csv", &long).is_empty());
        assert!(found("a.rs", &"line\n".repeat(LONGEST)).is_empty());
    }

    #[test]
    fn what_must_not_be_left_is_found_wherever_it_is() {
        for word in LEFT_OVER {
            let text = format!("fn a() {{}}\n    // {word} later)\n");
            assert_eq!(found("a.rs", &text), [format!("a.rs:2: `{word}` must not be left here")]);
            assert!(found("a.md", &text).is_empty());
        }
        assert!(found("a.rs", concat!("A1XX", "XB and my_to", "do!()")).is_empty());
    }

    #[test]
    fn a_path_of_somebodys_machine_is_found_and_an_address_is_not() {
        for folder in MACHINE_FOLDERS {
            let told = format!("a.md:1: names a path under /{folder}, which is on somebody’s machine only");
            assert_eq!(found("a.md", &format!("see `/{folder}/file`")), [told]);
            for fine in ["https://example.org", "docs", "$HOME", "${HOME}", ".."] {
                assert!(found("a.md", &format!("see {fine}/{folder}/file")).is_empty(), "{fine}");
            }
        }
    }

    #[test]
    fn an_exception_holds_for_its_file_and_is_to_be_taken_out_once_it_is_not_needed() {
        let (path, _, _) = EXCEPTIONS[0];
        let told = format!("{path}: needs no exception any more; take its row out of guards.rs");
        assert_eq!(found(path, concat!("#[ig", "nore = \"minutes\"]\n")), Vec::<String>::new());
        assert_eq!(found(path, "fn a() {}\n"), [told]);
    }

    #[test]
    fn a_decision_without_a_status_is_found() {
        assert_eq!(found("docs/adr/0009-new.md", "# New\n"), ["docs/adr/0009-new.md: has no Status"]);
        for status in ["Status: accepted", "- **Status** accepted", "## Status"] {
            assert!(found("docs/adr/0009-new.md", &format!("# New\n{status}\n")).is_empty());
        }
    }

    #[test]
    fn ignored_files_and_files_that_are_no_text_are_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        write(".gitignore", b"/target\n");
        write("target/a.rs", b"ignored");
        write(".git/config", b"ignored");
        write("picture.png", &[0xff, 0xfe, 0x00]);
        write(".ci/run", b"kept");
        let files = read(root.path()).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [".ci/run", ".gitignore"]);
    }
}
