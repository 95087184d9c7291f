//! A processing centre in a temporary folder, driven through the command line.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The last day of a period that has long been over, so that no test depends on the day it is run.
pub const PERIOD_END: &str = "2025-03-31";

/// A data directory with its made-up people and its keyholder beside it.
pub struct Centre {
    keyholder: RefCell<Option<Child>>,
    folder: TempDir,
}

/// Three custodians, of whom two unlock.
pub const CUSTODIANS: [&str; 3] = ["Caldicott Guardian", "SIRO", "Security"];

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in:\n{}", self.out))
    }
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairway"));
    command
        .env("FAIRWAY_REFERENCE", reference())
        .env_remove("FAIRWAY_DATA")
        .env_remove("FAIRWAY_KEYHOLDER")
        .env_remove("FAIRWAY_KEYS");
    command
}

pub fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

/// Runs the program with these words.
pub fn fairway<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Answer {
    Answer::from(program().args(words).output().unwrap())
}

impl Centre {
    /// A new data directory, its keyholder unlocked.
    pub fn new() -> Self {
        let centre = Self { keyholder: RefCell::default(), folder: tempfile::tempdir().unwrap() };
        let phrases = centre.path("passphrases");
        std::fs::create_dir(&phrases).unwrap();
        let mut words = vec!["keyholder", "init", "--threshold", "2", "--work-factor", "2", "--passphrases", &phrases];
        for name in CUSTODIANS {
            std::fs::write(Path::new(&phrases).join(name), format!("the words of {name}\n")).unwrap();
            words.extend(["--custodian", name]);
        }
        centre.run(&words).ended(0);
        centre.start_keyholder();
        centre.run(&["init"]).ended(0);
        centre
    }

    /// Starts the keyholder, and has its custodians unlock it.
    pub fn start_keyholder(&self) {
        self.serve_keys();
        self.run(&["keyholder", "unlock", "--passphrases", &self.path("passphrases")]).ended(0);
    }

    /// Starts the keyholder, sealed.
    pub fn serve_keys(&self) {
        let child = self.command(&["--quiet", "keyholder", "serve"]).spawn().unwrap();
        *self.keyholder.borrow_mut() = Some(child);
    }

    /// Kills the keyholder.
    pub fn kill_keyholder(&self) {
        if let Some(mut child) = self.keyholder.borrow_mut().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// A new data directory with the people of one council and their register.
    pub fn with_people(people: u32, options: &[&str]) -> Self {
        let centre = Self::new();
        centre.people("313", people, options);
        centre.run(&["register", "build", "--in", &centre.path("313")]).ended(0);
        centre
    }

    /// Makes people up for a council, in a folder of its code. Of this seed even 20 people have events that end in every
    /// month of the period, so that their file has nothing to confirm.
    pub fn people(&self, code: &str, people: u32, options: &[&str]) {
        let out = self.path(code);
        let people = people.to_string();
        let mut words = vec!["synth", "--people", &people, "--la", code, "--release", "r2"];
        words.extend(["--period-end", PERIOD_END, "--seed", "1", "--out", &out]);
        words.extend(options);
        fairway(&words).ended(0);
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data directory.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the program on the data directory.
    pub fn run(&self, words: &[&str]) -> Answer {
        Answer::from(self.command(words).output().unwrap())
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = program();
        command.args(words).arg("--data").arg(self.data());
        command
    }

    /// Lands a file and gives the receipt.
    #[track_caller]
    pub fn land(&self, file: &str, code: &str) -> Value {
        self.run(&["land", file, "--org", code, "--route", "cli", "--json"]).ended(0).json()
    }

    /// Does all that is waiting.
    #[track_caller]
    pub fn work(&self) -> Answer {
        self.run(&["work", "--until-idle"]).ended(0)
    }

    /// Lands a file, has it checked, and confirms what the check wants confirmed.
    #[track_caller]
    pub fn land_and_accept(&self, file: &str, code: &str) -> Value {
        let receipt = self.land(file, code);
        self.run(&["work", "--jobs", "1"]).ended(0);
        if self.status(&receipt)["state"] == "needs_confirmation" {
            self.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
        }
        receipt
    }

    /// Where a submission stands.
    #[track_caller]
    pub fn status(&self, receipt: &Value) -> Value {
        self.run(&["status", receipt["submission"].as_str().unwrap(), "--json"]).ended(0).json()
    }

    /// One number out of the de-identified table.
    #[track_caller]
    pub fn number(&self, sql: &str) -> i64 {
        let answer = self.run(&["query", sql, "--format", "json"]).ended(0).json();
        answer[0].as_object().unwrap().values().next().unwrap().as_i64().unwrap()
    }

    /// Writes an agreement that covers the made-up period and names these columns.
    pub fn agreement(&self, reference: &str, columns: &[&str], change: impl FnOnce(String) -> String) -> String {
        let columns: String = columns.iter().map(|column| format!("  - {column}\n")).collect();
        let text = format!(
            "reference: {reference}\ntitle: A test\nrecipient:\n  organisation: QOP\n  name: A board\n\
             controllers:\n  - organisation: QOP\n    name: A board\npurpose: To test\nlegal_basis: A law\n\
             dataset: asc-cld\ncolumns:\n{columns}period:\n  from: 2024-01-01\n  to: 2025-12-31\nareas: all\n\
             start: 2025-01-01\nend: 2099-12-31\nkey_epoch: 1\nsigned:\n  - organisation: QOP\n    by: An officer\n    \
             date: 2025-01-01\n"
        );
        let path = self.path(&format!("{reference}.yaml"));
        std::fs::write(&path, change(text)).unwrap();
        path
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.kill_keyholder();
    }
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all.sort();
    all
}

/// Changes one bit of an index where it holds this text.
#[track_caller]
pub fn damage(index: &Path, text: &str) {
    let mut bytes = std::fs::read(index).unwrap();
    let at = bytes.windows(text.len()).position(|some| some == text.as_bytes()).expect("the index holds the text");
    bytes[at] ^= 1;
    std::fs::write(index, bytes).unwrap();
}
