//! The lines of the guide, run by a shell and curl against a server.

use std::net::Ipv4Addr;
use std::process::Command;

use fairway_portal::{LARGEST_FILE, api, bind, serve_app};
use fairway_service::Role;

use crate::centre::{Centre, OWN};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_guide_does_what_it_says() {
    let centre = Centre::new(None).await;
    let (_, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let (_, approver) = centre.person("X26", &[Role::ReleaseApprover]).await;
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = api(centre.service.clone(), LARGEST_FILE);
    let server = tokio::spawn(serve_app(listener, app, std::future::pending()));
    let guide = include_str!("../../../../docs/guide/api.md");
    let blocks: Vec<&str> = guide.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 5);
    let place = centre.dir.path().to_owned();
    std::fs::write(place.join("july.csv"), "a,b\n5,6\n").unwrap();
    let run = tokio::task::spawn_blocking(move || {
        let mut shell = Command::new("sh");
        shell.arg("-eu").arg("-c").arg(blocks.join("\n")).current_dir(place);
        shell.env("URL", url).env("TOKEN", token).env("APPROVER", approver);
        shell.output().unwrap()
    });
    let output = run.await.unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
    assert_eq!((centre.told("SubmissionLanded").await, centre.told("OutboxCollected").await), (3, 1));
    assert_eq!(centre.told("ReleaseApproved").await, 1);
    server.abort();
}
