//! Bad networks, killed processes, damaged files.

use std::io::Write;

use fairway_mesh::{Content, MeshError, MeshMailbox, MeshSettings};

use crate::flaky::{Flaky, Trouble};
use crate::sandbox::{Sandbox, THEM, US, outgoing};

fn through(flaky: &Flaky, settings: MeshSettings, attempts: u32) -> MeshMailbox {
    let mut settings = MeshSettings { url: flaky.url.clone(), ..settings };
    settings.patience.attempts = attempts;
    MeshMailbox::new(settings).unwrap()
}

#[tokio::test]
async fn a_message_gets_through_a_bad_network_there_and_back() {
    let sandbox = Sandbox::start();
    let troubles = &[
        (1, Trouble::Busy),
        (2, Trouble::RequestLost),
        (4, Trouble::Busy),
        (6, Trouble::AnswerLost),
        // The answer to the last chunk, and to the question what became of it.
        (8, Trouble::AnswerLost),
        (10, Trouble::Busy),
    ];
    let flaky = Flaky::before(&sandbox.url, troubles);
    let us = through(&flaky, sandbox.settings(US), 4);
    let file = sandbox.file("request.csv", 390_000);
    let sent = us.send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    assert_eq!(flaky.requests().len(), 11, "{:#?}", flaky.requests());

    let back = Flaky::before(&sandbox.url, &[(1, Trouble::AnswerLost), (3, Trouble::Busy), (5, Trouble::RequestLost)]);
    let them = through(&back, sandbox.settings(THEM), 4);
    assert_eq!(them.inbox().await.unwrap(), std::slice::from_ref(&sent));
    let received = them.receive(&sent, sandbox.folder.path()).await.unwrap();
    let Content::File(path) = &received.content else { panic!("no file") };
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(&file).unwrap());
}

#[tokio::test]
async fn a_send_that_was_cut_off_goes_on_with_the_chunk_that_is_missing() {
    let sandbox = Sandbox::start();
    let flaky = Flaky::before(&sandbox.url, &[(3, Trouble::RequestLost)]);
    let us = through(&flaky, sandbox.settings(US), 1);
    let file = sandbox.file("request.csv", 390_000);
    let (outgoing, journal) = (outgoing(THEM, "run-1"), sandbox.path("journal"));
    let error = us.send(&file, &outgoing, &journal).await.unwrap_err();
    assert!(error.may_pass(), "{error:?}");

    // Another process, with other settings for a new message: this one keeps its own.
    let mut settings = sandbox.settings(US);
    settings.chunk_bytes = 1_000;
    let us = through(&flaky, settings, 1);
    let sent = us.send(&file, &outgoing, &journal).await.unwrap();
    let paths: Vec<String> = flaky.requests().iter().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["outbox", "2", "3", "3", "4"]);
    // Once all is sent, nothing is sent again.
    assert_eq!(us.send(&file, &outgoing, &journal).await.unwrap(), sent);
    assert_eq!(flaky.requests().len(), 5);
    assert_eq!(sandbox.mailbox(THEM).inbox().await.unwrap(), [sent]);
}

#[tokio::test]
async fn a_journal_of_another_message_sends_nothing() {
    let sandbox = Sandbox::start();
    let us = sandbox.mailbox(US);
    let journal = sandbox.path("journal");
    us.send(&sandbox.file("one.csv", 100), &outgoing(THEM, "run-1"), &journal).await.unwrap();
    let error = us.send(&sandbox.file("two.csv", 200), &outgoing(THEM, "run-1"), &journal).await.unwrap_err();
    assert!(matches!(error, MeshError::Settings(_)), "{error:?}");
    std::fs::write(&journal, "{").unwrap();
    let error = us.send(&sandbox.file("one.csv", 100), &outgoing(THEM, "run-1"), &journal).await.unwrap_err();
    assert!(matches!(error, MeshError::File("journal of a message", _)), "{error:?}");
    assert_eq!(sandbox.mailbox(THEM).inbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_receive_that_was_cut_off_goes_on_with_the_chunk_that_is_missing() {
    let sandbox = Sandbox::start();
    let file = sandbox.file("request.csv", 390_000);
    let sent = sandbox.mailbox(US).send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    let flaky = Flaky::before(&sandbox.url, &[(3, Trouble::AnswerLost)]);
    let them = through(&flaky, sandbox.settings(THEM), 1);
    let folder = sandbox.folder.path();
    assert!(them.receive(&sent, folder).await.unwrap_err().may_pass());
    assert!(them.received(folder).await.unwrap().is_empty());

    // A process killed while it wrote the third chunk.
    let part = folder.join(format!("{sent}.part"));
    let mut killed = std::fs::OpenOptions::new().append(true).open(&part).unwrap();
    killed.write_all(b"half a chunk").unwrap();
    drop(killed);
    let received = them.receive(&sent, folder).await.unwrap();
    let Content::File(path) = &received.content else { panic!("no file") };
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(&file).unwrap());
    let paths: Vec<String> = flaky.requests().iter().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(paths, [sent.as_str(), "2", "3", "3", "4"]);
    assert_eq!(them.received(folder).await.unwrap(), [received]);
    assert!(!part.exists());
}

#[tokio::test]
async fn content_that_is_not_what_its_checksum_says_is_not_taken() {
    let sandbox = Sandbox::start();
    let file = sandbox.file("request.csv", 150_000);
    let sent = sandbox.mailbox(US).send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    let flaky = Flaky::before(&sandbox.url, &[(2, Trouble::RequestLost)]);
    let them = through(&flaky, sandbox.settings(THEM), 1);
    let folder = sandbox.folder.path();
    them.receive(&sent, folder).await.unwrap_err();
    let part = folder.join(format!("{sent}.part"));
    let mut damaged = std::fs::read(&part).unwrap();
    damaged[1_000] ^= 1;
    std::fs::write(&part, damaged).unwrap();
    let error = them.receive(&sent, folder).await.unwrap_err();
    assert!(matches!(error, MeshError::Strange("content that is not what its checksum says")), "{error:?}");
    // From the beginning, it is well.
    them.receive(&sent, folder).await.unwrap();
}

#[tokio::test]
async fn what_travels_in_the_open_holds_no_identifier_and_no_secret() {
    let sandbox = Sandbox::start();
    let flaky = Flaky::before(&sandbox.url, &[]);
    let us = through(&flaky, sandbox.settings(US), 1);
    let file = sandbox.file("request.csv", 150_000);
    assert!(std::fs::read_to_string(&file).unwrap().contains("9434765919"));
    us.send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    let heads = flaky.heads();
    assert!(heads.contains("mex-localid: run-1") && heads.contains("authorization: NHSMESH X26ABC1:"), "{heads}");
    for secret in ["9434765919", ":password:", "TestKey"] {
        assert!(!heads.contains(secret), "{secret}");
    }
    let tokens: Vec<&str> = heads.lines().filter(|line| line.starts_with("authorization:")).collect();
    assert!(tokens.len() == 2 && tokens[0] != tokens[1], "a token is used once");
}
