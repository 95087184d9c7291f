//! What the operating system is told about this process's memory, before anything worth keeping is in it.

use fairway_domain::Fault;

/// What could be had of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// No page of this process is written to swap.
    All,
    /// The system allows this user too little locked memory: pages may be written to swap.
    None,
}

/// From now on this process leaves no core dump, and no other process of the same user reads its memory
/// (`PR_SET_DUMPABLE`, see prctl(2)). The limit is hard, and processes started from here inherit it.
///
/// # Errors
/// When the operating system does not take it.
pub fn leave_no_dump() -> Result<(), Fault> {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    #[expect(unsafe_code, reason = "a system call: the limits outlive it")]
    let limited = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    done(limited, "core dumps cannot be switched off")?;
    #[expect(unsafe_code, reason = "a system call that takes numbers alone")]
    let closed = unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) };
    done(closed, "memory cannot be closed to other processes")
}

/// Keeps every page of this process, and those that come, out of swap; where the user's limit of locked memory is bounded,
/// nothing is locked, because a keyholder that meets the limit later could not open a custodian's share.
///
/// # Errors
/// When the operating system does not take what its limits allow.
pub fn lock_memory() -> Result<Locked, Fault> {
    let mut most = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    #[expect(unsafe_code, reason = "a system call: the limits outlive it")]
    let asked = unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut most) };
    done(asked, "limit of locked memory cannot be read")?;
    if most.rlim_cur != libc::RLIM_INFINITY {
        return Ok(Locked::None);
    }
    // On fault: stacks of threads are reserved by the megabyte and used by the kilobyte.
    #[expect(unsafe_code, reason = "a system call that takes numbers alone")]
    let locked = unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE | libc::MCL_ONFAULT) };
    done(locked, "memory cannot be kept out of swap").map(|()| Locked::All)
}

fn done(outcome: libc::c_int, what: &str) -> Result<(), Fault> {
    if outcome == 0 { Ok(()) } else { Err(Fault::from_source(what.to_owned(), std::io::Error::last_os_error())) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::Command;

    use super::*;

    /// Set where this test starts itself anew, to be killed.
    const INNER: &str = "FAIRWAY_TEST_LEAVES_NO_DUMP";

    fn line(of: &str, begins: &str) -> Option<String> {
        let text = fs::read_to_string(format!("/proc/self/{of}")).unwrap();
        text.lines()
            .find(|line| line.starts_with(begins))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_process_that_is_killed_leaves_no_dump_and_nothing_of_it_is_in_swap() {
        if std::env::var_os(INNER).is_some() {
            leave_no_dump().unwrap();
            let locked = lock_memory().unwrap();
            assert!(line("limits", "Max core file size").unwrap().ends_with("0 0 bytes"));
            let kilobytes = line("status", "VmLck:").unwrap();
            assert_eq!(locked == Locked::All, kilobytes != "VmLck: 0 kB", "{kilobytes}");
            std::process::abort();
        }
        let own = std::env::current_exe().unwrap();
        let name = "a_process_that_is_killed_leaves_no_dump_and_nothing_of_it_is_in_swap";
        // Dumps are wanted where the process is started, so that it is the process that leaves none.
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\""]).arg(own).args([name, "--nocapture"]);
        let folder = tempfile::tempdir().unwrap();
        let ended = shell.env(INNER, "1").current_dir(folder.path()).arg0("sh").output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.signal(), Some(libc::SIGABRT), "{said}");
        assert!(!ended.status.core_dumped());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
