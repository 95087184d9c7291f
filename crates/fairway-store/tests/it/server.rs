//! Starts a PostgreSQL server of its own: an empty cluster in a temporary folder, reached by a socket in it and by nothing else.

use std::fs::File;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Goes, with its data, when it is dropped; and when the test that started it is killed.
pub struct Server {
    dir: TempDir,
    process: Child,
}

impl Server {
    pub fn start() -> Self {
        // Not below a long TMPDIR: the path of a socket has at most 107 bytes.
        let dir = tempfile::Builder::new().prefix("fairway-pg-").tempdir_in("/tmp").unwrap();
        if let Some((user, group)) = unprivileged() {
            chown(dir.path(), Some(user), Some(group)).unwrap();
        }
        let made = command("initdb")
            .args(["--username=fairway", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
            // Words sort otherwise than by their bytes, as on most servers.
            .args(["--locale-provider=icu", "--icu-locale=en-GB", "-D"])
            .arg(dir.path().join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let process = run(dir.path());
        Self { dir, process }
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    /// Kills it with no chance to put anything in order, and waits until its last process is gone.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same data.
    pub fn restart(&mut self) {
        self.process = run(self.dir.path());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data goes with it, so it need not end in order.
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn run(dir: &Path) -> Child {
    let mut process = spawn(dir);
    let start = Instant::now();
    while !command("pg_isready").arg("-q").arg("-h").arg(dir).status().unwrap().success() {
        let log = || std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        assert!(start.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {}", log());
        std::thread::sleep(Duration::from_millis(20));
        // It does not start while a process of the one that was killed still has its memory.
        if process.try_wait().unwrap().is_some() {
            process = spawn(dir);
        }
    }
    process
}

fn spawn(dir: &Path) -> Child {
    let log = File::options().create(true).append(true).open(dir.join("log")).unwrap();
    command("postgres")
        .arg("-D")
        .arg(dir.join("data"))
        .arg("-k")
        .arg(dir)
        .args(["-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=64MB"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// One of PostgreSQL's programs, run by an ordinary user (it refuses root) and interrupted when this process ends.
fn command(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if let Some((user, group)) = unprivileged() {
        command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    }
    command.arg("--").arg(binaries().join(program)).current_dir("/").env("LC_ALL", "C");
    command
}

fn binaries() -> PathBuf {
    let debian = PathBuf::from("/usr/lib/postgresql/15/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::var_os("FAIRWAY_POSTGRES").map(PathBuf::from).into_iter();
    let mut others = std::iter::once(debian).chain(std::env::split_paths(&path));
    folders
        .find(|folder| folder.join("initdb").is_file())
        .or_else(|| others.find(|folder| folder.join("initdb").is_file()))
        .expect("PostgreSQL is not installed: run scripts/install.sh test, or name its folder of programs in FAIRWAY_POSTGRES")
}

/// Whom to be instead of root.
fn unprivileged() -> Option<(u32, u32)> {
    let number = |args: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(args).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if number(&["-u"]) != Some(0) {
        return None;
    }
    let user = ["postgres", "nobody"].into_iter().find(|name| number(&["-u", name]).is_some())?;
    Some((number(&["-u", user])?, number(&["-g", user])?))
}
