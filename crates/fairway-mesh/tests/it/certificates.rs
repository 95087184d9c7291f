//! Trust: the sandbox over TLS, wanting a certificate of its clients.

use fairway_mesh::{MeshError, MeshMailbox, MeshSettings, Tls};

use crate::sandbox::{Certificates, Sandbox, THEM, US, outgoing};

fn with(sandbox: &Sandbox, tls: Tls) -> MeshMailbox {
    MeshMailbox::new(MeshSettings { tls: Some(tls), ..sandbox.settings(US) }).unwrap()
}

#[tokio::test]
async fn both_sides_must_show_a_certificate_of_the_authority_that_the_other_trusts() {
    let certificates = Certificates::make();
    let sandbox = Sandbox::over_tls(&certificates);
    assert!(sandbox.url.starts_with("https://"));
    let us = with(&sandbox, certificates.client("ours", "ours"));
    us.handshake().await.unwrap();
    let file = sandbox.file("request.csv", 250_000);
    us.send(&file, &outgoing(THEM, "run-1"), &sandbox.path("journal")).await.unwrap();

    let error = with(&sandbox, certificates.client("theirs", "ours")).handshake().await.unwrap_err();
    assert!(matches!(error, MeshError::Untrusted(_)) && !error.may_pass(), "{error:?}");
    // A server may end the connection without a word to a client that it does not trust; so does the sandbox's.
    let error = with(&sandbox, certificates.client("ours", "theirs")).handshake().await.unwrap_err();
    assert!(matches!(error, MeshError::Untrusted(_) | MeshError::Unreachable(_)), "{error:?}");
}

#[test]
fn certificates_that_are_none_are_told() {
    let certificates = Certificates::make();
    let sandbox = Sandbox::start();
    let good = certificates.client("ours", "ours");
    for (tls, words) in [
        (Tls { authority: b"nothing".to_vec(), ..good.clone() }, "the authority's file holds no certificate"),
        (Tls { certificate: b"nothing".to_vec(), ..good.clone() }, "certificate or key cannot be read"),
        (Tls { key: fairway_mesh::Secret::new("nothing"), ..good }, "certificate or key cannot be read"),
    ] {
        let settings = MeshSettings { url: "https://mesh.example".into(), tls: Some(tls), ..sandbox.settings(US) };
        let error = MeshMailbox::new(settings).unwrap_err();
        assert!(error.to_string().ends_with(words), "{error}");
    }
}
