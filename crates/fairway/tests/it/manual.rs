//! Help that teaches, pages and completions from one definition.

use crate::centre::fairway;

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed =
        help.lines().skip_while(|line| !line.starts_with("Commands")).skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let all = fairway(&["--help"]).ended(0).out;
    assert!(all.contains("Exit codes"));
    let names = commands(&all);
    assert!(names.len() > 12, "{names:?}");
    for name in names {
        let help = fairway(&[&name, "--help"]).ended(0).out;
        // A command that only holds others together leaves the examples to them, but for what explains itself.
        let below = commands(&help);
        let shown = help.contains("Examples:")
            || below.iter().any(|sub| fairway(&[&name, sub, "--help"]).ended(0).out.contains("Examples:"));
        assert!(shown, "{name}");
    }
}

#[test]
fn manual_pages_and_completions_are_made() {
    let folder = tempfile::tempdir().unwrap();
    fairway(&["man", "--out", folder.path().to_str().unwrap()]).ended(0);
    assert!(folder.path().join("fairway.1").is_file() && folder.path().join("fairway-land.1").is_file());
    for shell in ["bash", "zsh", "fish"] {
        assert!(fairway(&["completions", shell]).ended(0).out.contains("fairway"));
    }
}

#[test]
fn a_misread_command_line_ends_with_two() {
    fairway(&["land"]).ended(2);
    fairway(&["no-such-command"]).ended(2);
}
