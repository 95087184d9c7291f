//! A file held against the sender's last accepted one.

use std::path::Path;

use crate::centre::{Centre, fairway, files};

/// The submission without its first request, in a file of its own.
fn without_a_request(centre: &Centre, file: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let request = lines.iter().position(|line| line.contains(",Request,")).unwrap();
    lines.remove(request);
    let path = centre.path("shorter.csv");
    std::fs::write(&path, lines.concat()).unwrap();
    path
}

#[test]
fn an_event_that_is_gone_since_the_last_accepted_file_has_to_be_confirmed() {
    let centre = Centre::with_people(60, &[]);
    let file = centre.path("313/submission.csv");
    centre.land(&file, "313");
    centre.work();
    let receipt = centre.land(&without_a_request(&centre, &file), "313");
    centre.work();
    let status = centre.status(&receipt);
    assert_eq!(status["state"], "needs_confirmation");
    let findings = std::fs::read_to_string(Path::new(status["report"].as_str().unwrap()).join("findings.csv")).unwrap();
    assert!(findings.lines().count() == 2 && findings.contains("event-vanished"), "{findings}");
    assert_eq!(files(&centre.data().join("imprints")).len(), 2);
    assert!(files(&centre.data().join("outbox")).iter().all(|path| !path.to_string_lossy().contains("imprint")));
    centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
}

#[test]
fn two_files_can_be_compared_before_they_are_sent() {
    let centre = Centre::new();
    centre.people("313", 60, &[]);
    centre.people("816", 30, &[]);
    let file = centre.path("313/submission.csv");
    let shorter = without_a_request(&centre, &file);
    let check = |file: &str, earlier: &str| fairway(&["check", file, "--earlier", earlier]);
    assert!(check(&file, &file).ended(0).out.contains("Compared with the earlier submission."));
    assert!(check(&shorter, &file).ended(11).out.contains("of the earlier submission ended in this period"));
    let other = check(&file, &centre.path("816/submission.csv")).ended(0);
    assert!(other.out.contains("not compared: it is another organisation's"), "{}", other.out);
    assert!(check(&file, &centre.path("nothing.csv")).ended(12).err.contains("no file of that name"));
}
