//! Pseudonyms a second on one core: in the keyring, over the socket of a keyholder, and one at a time over it. `make bench
//! PART=pseudonyms` runs it; `-- COUNT` says how many are made (a million).
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::time::Instant;

use fairway_deid::keyring::{Keyring, RootKey};
use fairway_domain::port::Keyholder;
use fairway_domain::{Fault, FaultExt, KeyDomain, KeyState, PersonUid, Refusal, Subject};
use fairway_keyholder::{Custodian, KeyFolder, KeyholderClient, Server, found};
use zeroize::Zeroizing;

/// Pseudonyms of one exchange, about as many as a batch of rows asks for.
const BATCH: usize = 8_192;

fn main() -> Result<(), Fault> {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000_u128);
    let uids: Vec<PersonUid> = (0..count).map(|n| PersonUid(n.to_be_bytes())).collect();
    let domain = KeyDomain { name: "DARS-NIC-000001-A1B2C-v1.0".into(), epoch: 1 };
    let mut ring = Keyring::new(RootKey::generate()?);
    let made = ring.prepare(&domain)?;
    ring.set_state(&made.key_id, KeyState::Active)?;
    tell("keyring", uids.len(), || {
        uids.chunks(BATCH)
            .try_for_each(|some| ring.pseudonyms(&domain, Subject::Person, some).map(|made| drop(black_box(made))))
    })?;

    let home = tempfile::tempdir().fault("folder cannot be made")?;
    let client = start(&KeyFolder::new(home.path().join("keys")))?;
    let made = client.prepare(&domain)?;
    client.set_state(&made.key_id, KeyState::Active)?;
    tell("socket, by batches", uids.len(), || {
        uids.chunks(BATCH)
            .try_for_each(|some| client.pseudonyms(&domain, Subject::Person, some).map(|made| drop(black_box(made))))
    })?;
    let few = &uids[..uids.len().min(20_000)];
    tell("socket, one by one", few.len(), || {
        few.chunks(1)
            .try_for_each(|one| client.pseudonyms(&domain, Subject::Person, one).map(|made| drop(black_box(made))))
    })
}

fn tell(what: &str, count: usize, work: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
    let begun = Instant::now();
    work()?;
    let took = begun.elapsed().as_secs_f64();
    println!(
        "{what:<20} {:>8.3} million a second  {:>7.2} µs each",
        count as f64 / took / 1e6,
        took * 1e6 / count as f64
    );
    Ok(())
}

/// A keyholder on threads of its own, unlocked.
fn start(folder: &KeyFolder) -> Result<KeyholderClient, Fault> {
    let custodian =
        |name: &str| Custodian { name: name.into(), passphrase: Zeroizing::new(format!("the words of {name}")) };
    let refused = |refusal: Refusal| Fault::new(refusal.what);
    found(folder, &[custodian("A"), custodian("B")], 2, 2)?.map_err(refused)?;
    let (folder, socket) = (folder.clone(), folder.socket());
    let (ready, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().fault("threads cannot be started")?;
        runtime.block_on(async {
            let server = Server::bind(&folder, &folder.socket(), None)?;
            ready.send(()).fault("nobody waits")?;
            server.run(std::future::pending()).await
        })
    });
    wait.recv().fault("keyholder did not start")?;
    let client = KeyholderClient::at(socket);
    for name in ["A", "B"] {
        client.unlock(name, &format!("the words of {name}"))?.map_err(refused)?;
    }
    Ok(client)
}
