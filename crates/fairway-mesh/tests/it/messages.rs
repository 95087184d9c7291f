//! Messages there and back.

use std::sync::Arc;

use fairway_mesh::{Content, MeshCode, MeshError, MeshMailbox, MessageId, Secret, TrackingState};

use crate::sandbox::{Sandbox, THEM, US, label, outgoing, run};

async fn only_message(mailbox: &MeshMailbox) -> MessageId {
    let mut inbox = mailbox.inbox().await.unwrap();
    assert_eq!(inbox.len(), 1);
    inbox.remove(0)
}

#[tokio::test]
async fn a_mailbox_is_known_by_its_password_and_the_shared_key_together() {
    let sandbox = Sandbox::start();
    sandbox.mailbox(US).handshake().await.unwrap();
    let mut wrong_password = sandbox.settings(US);
    wrong_password.password = Secret::new("passw0rd");
    let mut wrong_key = sandbox.settings(US);
    wrong_key.shared_key = Secret::new("TestKez");
    for settings in [wrong_password, wrong_key, sandbox.settings("X26NOBODY")] {
        let error = MeshMailbox::new(settings).unwrap().handshake().await.unwrap_err();
        assert!(matches!(error, MeshError::NotAuthorised), "{error:?}");
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("passw0rd") && !shown.contains("TestKez"), "{shown}");
    }
}

#[tokio::test]
async fn a_message_of_many_chunks_arrives_whole_and_is_kept_until_it_is_acknowledged() {
    let sandbox = Sandbox::start();
    let (us, them) = (sandbox.mailbox(US), sandbox.mailbox(THEM));
    let file = sandbox.file("request.csv", 1_000_001);
    let sent = us.send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    assert_eq!(us.track(&sent).await.unwrap().state, TrackingState::Accepted);

    let message = only_message(&them).await;
    assert_eq!(message, sent);
    let received = them.receive(&message, sandbox.folder.path()).await.unwrap();
    let Content::File(path) = &received.content else { panic!("no file") };
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(&file).unwrap());
    assert_eq!((received.from.as_str(), received.workflow.as_str()), (US, "TEST_WORKFLOW"));
    assert_eq!((received.file_name.as_str(), received.local_id.as_str()), ("run-1.csv", "run-1"));
    assert_eq!(only_message(&them).await, sent);

    them.acknowledge(&received).await.unwrap();
    assert!(them.inbox().await.unwrap().is_empty());
    assert_eq!(us.track(&sent).await.unwrap().state, TrackingState::Acknowledged);
    // Received is what is on disk: the exchange is not asked again.
    assert_eq!(them.receive(&message, sandbox.folder.path()).await.unwrap(), received);
}

#[tokio::test]
async fn an_independent_client_reads_what_is_sent_and_writes_what_is_read() {
    let sandbox = Sandbox::start();
    let us = sandbox.mailbox(US);
    let file = sandbox.file("ours.csv", 250_000);
    us.send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    let theirs = sandbox.path("theirs.csv");
    run("peer.py", &[&sandbox.url, "receive", theirs.to_str().unwrap()]);
    assert_eq!(std::fs::read(&theirs).unwrap(), std::fs::read(&file).unwrap());

    run("peer.py", &[&sandbox.url, "send", theirs.to_str().unwrap(), US]);
    let received = us.receive(&only_message(&us).await, sandbox.folder.path()).await.unwrap();
    let Content::File(path) = &received.content else { panic!("no file") };
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(&file).unwrap());
    assert_eq!((received.from.as_str(), received.subject.as_str()), (THEM, "from-a-peer"));
}

#[tokio::test]
async fn an_inbox_of_more_than_a_page_is_listed_whole() {
    let sandbox = Sandbox::start();
    let us = Arc::new(sandbox.mailbox(US));
    let file = sandbox.file("small.csv", 20);
    let mut sending = tokio::task::JoinSet::new();
    for n in 0..520 {
        let (us, file, journal) = (Arc::clone(&us), file.clone(), sandbox.path(&format!("journal-{n}")));
        sending.spawn(async move { us.send(&file, &outgoing(THEM, &format!("run-{n}")), &journal).await.unwrap() });
        if sending.len() == 16 {
            sending.join_next().await.unwrap().unwrap();
        }
    }
    sending.join_all().await;
    let mut inbox = sandbox.mailbox(THEM).inbox().await.unwrap();
    inbox.sort();
    inbox.dedup();
    assert_eq!(inbox.len(), 520);
}

#[tokio::test]
async fn a_message_that_cannot_go_is_refused_in_words() {
    let sandbox = Sandbox::start();
    let us = sandbox.mailbox(US);
    let file = sandbox.file("request.csv", 20);
    let error = us.send(&file, &outgoing("X26NOBODY", "run-1"), &sandbox.path("journal")).await.unwrap_err();
    assert!(matches!(error, MeshError::Refused(MeshCode::Recipient)), "{error:?}");
    assert_eq!(error.to_string(), "mesh refused the message: the exchange does not know the recipient's mailbox");
    let empty = sandbox.file("empty.csv", 0);
    let error = us.send(&empty, &outgoing(THEM, "run-2"), &sandbox.path("journal-2")).await.unwrap_err();
    assert!(matches!(error, MeshError::Refused(MeshCode::NoContent)), "{error:?}");
    let nobodys = MessageId::parse("NOSUCHMESSAGE").unwrap();
    assert!(matches!(us.track(&nobodys).await, Err(MeshError::NoSuchMessage)));
    assert!(matches!(us.receive(&nobodys, sandbox.folder.path()).await, Err(MeshError::NoSuchMessage)));
}

#[tokio::test]
async fn a_message_larger_than_allowed_is_not_taken_and_not_acknowledged() {
    let sandbox = Sandbox::start();
    let file = sandbox.file("request.csv", 500_000);
    sandbox.mailbox(US).send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();
    let mut settings = sandbox.settings(THEM);
    settings.max_received = 499_999;
    let them = MeshMailbox::new(settings).unwrap();
    let message = only_message(&them).await;
    let error = them.receive(&message, sandbox.folder.path()).await.unwrap_err();
    assert!(matches!(error, MeshError::TooLarge(499_999)), "{error:?}");
    assert_eq!(only_message(&them).await, message);
}

#[test]
fn without_certificates_only_this_machine_is_spoken_to() {
    let sandbox = Sandbox::start();
    for (url, words) in [
        ("http://mesh.example", "url must begin with https"),
        ("https://mesh.example", "certificates are needed"),
        ("nowhere", "url is not an address"),
    ] {
        let mut settings = sandbox.settings(US);
        settings.url = url.into();
        let error = MeshMailbox::new(settings).unwrap_err();
        assert!(error.to_string().ends_with(words), "{error}");
    }
    let shown = format!("{:?} {:?}", sandbox.mailbox(US), sandbox.settings(US));
    assert!(!shown.contains("password\"") && !shown.contains("TestKey"), "{shown}");
    assert_eq!(label(US).as_str(), US);
}
