//! The national sandbox, in a process of its own that ends with the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use fairway_mesh::{Label, MeshMailbox, MeshSettings, Outgoing, Patience, Secret, Tls};
use tempfile::TempDir;

pub const US: &str = "X26ABC1";
pub const THEM: &str = "X26ABC2";
const SHARED_KEY: &str = "TestKey";

pub struct Sandbox {
    child: Child,
    pub url: String,
    pub folder: TempDir,
}

/// Certificates as files in a folder; `ours` or `theirs` says whose.
pub struct Certificates(TempDir);

/// Python with the sandbox, where `scripts/install.sh test` puts it.
fn python() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"))).unwrap();
    let python = cache.join("fairway/mesh-venv/bin/python");
    assert!(python.exists(), "the MESH sandbox is not installed: run scripts/install.sh test");
    python
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mesh").join(name)
}

/// Runs one of `tests/mesh`, and gives what it prints.
pub fn run(name: &str, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = Command::new(python()).arg(script(name)).args(arguments).output().unwrap();
    assert!(status.success(), "{name}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

impl Certificates {
    pub fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        run("certificates.py", &[folder.path().to_str().unwrap()]);
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What a client has who trusts one side's authority and has a certificate of the other's or the same.
    pub fn client(&self, trusts: &str, is_of: &str) -> Tls {
        let read = |name: String| std::fs::read(self.path(&name)).unwrap();
        Tls {
            authority: read(format!("{trusts}-ca.pem")),
            certificate: read(format!("{is_of}-client.pem")),
            key: Secret::new(read(format!("{is_of}-client.key"))),
        }
    }
}

impl Sandbox {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// A sandbox that shows our server certificate, and wants a client certificate of our authority.
    pub fn over_tls(certificates: &Certificates) -> Self {
        let path = |name| certificates.path(name).to_str().unwrap().to_owned();
        let [key, certificate, authority] = ["ours-server.key", "ours-server.pem", "ours-ca.pem"].map(path);
        let files = ["--ssl-keyfile", &key, "--ssl-certfile", &certificate, "--ssl-ca-certs", &authority];
        // 2: a certificate is required.
        Self::with(&[&files[..], &["--ssl-cert-reqs", "2"]].concat())
    }

    fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python())
            .args(["-m", "uvicorn", "mesh_sandbox.api:app", "--port", "0", "--no-access-log", "--no-use-colors"])
            .args(options)
            .env("STORE_MODE", "memory")
            .env("SHARED_KEY", SHARED_KEY)
            .env("AUTH_MODE", "full")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let running = lines.find_map(|line| Some(line.split_once("running on ")?.1.split(' ').next()?.to_owned()));
        // Whatever it says later must be read by somebody, lest it wait.
        std::thread::spawn(move || lines.for_each(drop));
        let url = running.expect("the sandbox starts and says where");
        Self { child, url, folder }
    }

    pub fn settings(&self, mailbox: &str) -> MeshSettings {
        MeshSettings {
            url: self.url.clone(),
            mailbox: Label::parse(mailbox).unwrap(),
            password: Secret::new("password"),
            shared_key: Secret::new(SHARED_KEY),
            tls: None,
            chunk_bytes: 100_000,
            max_received: 10_000_000,
            patience: Patience { attempts: 4, first_wait: Duration::from_millis(20), timeout: Duration::from_secs(60) },
        }
    }

    pub fn mailbox(&self, mailbox: &str) -> MeshMailbox {
        MeshMailbox::new(self.settings(mailbox)).unwrap()
    }

    /// A file of some megabytes' worth of lines, which compress well but not to nothing.
    pub fn file(&self, name: &str, bytes: usize) -> PathBuf {
        let path = self.folder.path().join(name);
        let lines = (0_u64..).map(|n| format!("{n},9434765919,{:x}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let mut text: String = lines.take(bytes / 20).collect();
        text.truncate(bytes);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

pub fn outgoing(to: &str, reference: &str) -> Outgoing {
    Outgoing {
        to: label(to),
        workflow: label("TEST_WORKFLOW"),
        file_name: label(&format!("{reference}.csv")),
        local_id: label(reference),
        subject: None,
    }
}
