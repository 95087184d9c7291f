//! The root key among its custodians: split by Shamir's scheme, each share under its custodian's passphrase.

use std::collections::{BTreeMap, HashSet};

use age::scrypt;
use age::secrecy::{ExposeSecret, SecretString};
use age::x25519;
use data_encoding::BASE64;
use fairway_deid::cipher::VaultKey;
use fairway_deid::keyring::{Keyring, RootKey};
use fairway_domain::port::CentreSecret;
use fairway_domain::{Fault, FaultExt, Refusal};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use vsss_rs::Gf256;
use zeroize::{Zeroize, Zeroizing};

use crate::folder::{KeyFolder, make_private};
use crate::keyfile;

const VERSION: u32 = 1;
/// Fewest custodians that may unlock: nobody alone does.
pub const FEWEST: usize = 2;
/// Most custodians there may be.
pub const MOST: usize = 16;
/// Characters a passphrase has at least.
pub const LEAST_PASSPHRASE: usize = 12;
/// The logarithm of scrypt's cost where nobody chose another: about a second and 256 MiB for each guess.
pub const DEFAULT_WORK_FACTOR: u8 = 18;
/// The highest that is followed when a share is opened: 4 GiB.
const HIGHEST_WORK_FACTOR: u8 = 22;

/// A person who keeps a share of the root key.
pub struct Custodian {
    /// By what name, such as an office.
    pub name: String,
    /// What opens the share.
    pub passphrase: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustodyText {
    version: u32,
    needed: usize,
    /// Seals files to the processing centre; opens nothing.
    landing_key: String,
    custodians: Vec<ShareText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareText {
    name: String,
    /// A share in the age format, under a passphrase, in base 64.
    share: String,
}

/// Makes the keys of a processing centre: a root key that `needed` of the custodians unlock, and what it wraps. A folder
/// that has keys is refused, never written to.
///
/// # Errors
/// Refused with every reason; a fault (the outer one) when the folder cannot be written.
pub fn found(
    folder: &KeyFolder,
    custodians: &[Custodian],
    needed: usize,
    work_factor: u8,
) -> Result<Result<(), Refusal>, Fault> {
    let reasons = reasons_against(folder, custodians, needed);
    if !reasons.is_empty() {
        let next = "Name the custodians again, each with a passphrase of their own".into();
        return Ok(Err(Refusal { what: "The keys cannot be made".into(), reasons, next }));
    }
    make_private(folder.root())?;
    let _alone = keyfile::lock(&folder.custodians())?;
    let root = RootKey::generate()?;
    let identity = x25519::Identity::generate();
    let mut ring = Keyring::new(root.clone());
    ring.put_secret(CentreSecret::VaultKey.as_str(), &VaultKey::generate()?.write()?)?;
    let private = identity.to_string();
    ring.put_secret(CentreSecret::ProcessingCentreKey.as_str(), private.expose_secret().as_bytes())?;
    let shares = split(&root, needed, custodians.len())?;
    let sealed = custodians.iter().zip(&shares).map(|(custodian, share)| {
        let sealed = seal(share, &custodian.passphrase, work_factor)?;
        Ok(ShareText { name: custodian.name.clone(), share: BASE64.encode(&sealed) })
    });
    let custodians = sealed.collect::<Result<_, Fault>>()?;
    let landing_key = identity.to_public().to_string();
    let text = CustodyText { version: VERSION, needed, landing_key, custodians };
    // The custodians come last: a run that was cut short before them is simply run again.
    keyfile::replace(&folder.keyring(), ring.write()?.as_bytes())?;
    let text = serde_json::to_vec_pretty(&text).fault("custodians cannot be written")?;
    keyfile::create(&folder.custodians(), &text)?;
    Ok(Ok(()))
}

fn reasons_against(folder: &KeyFolder, custodians: &[Custodian], needed: usize) -> Vec<String> {
    let mut reasons = Vec::new();
    if folder.is_founded() {
        reasons.push(format!("{} has keys and custodians already", folder.root().display()));
    }
    if needed < FEWEST {
        reasons.push(format!("It takes at least {FEWEST} custodians to unlock, so that nobody can alone"));
    }
    if custodians.len() < needed || custodians.len() > MOST {
        reasons.push(format!("There must be {needed} to {MOST} custodians for {needed} to unlock"));
    }
    let names: HashSet<&str> = custodians.iter().map(|one| one.name.trim()).collect();
    if names.len() < custodians.len() || names.contains("") {
        reasons.push("Every custodian needs a name of their own".into());
    }
    let phrases: HashSet<&str> = custodians.iter().map(|one| one.passphrase.as_str()).collect();
    if phrases.len() < custodians.len() {
        reasons.push("Two custodians have chosen the same passphrase".into());
    }
    for custodian in custodians.iter().filter(|one| one.passphrase.chars().count() < LEAST_PASSPHRASE) {
        reasons.push(format!("The passphrase of {} has fewer than {LEAST_PASSPHRASE} characters", custodian.name));
    }
    reasons
}

fn split(root: &RootKey, needed: usize, count: usize) -> Result<Vec<Zeroizing<Vec<u8>>>, Fault> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).fault("system random numbers cannot be had")?;
    let shares = Gf256::split_array(needed, count, root.expose(), ChaCha20Rng::from_seed(*seed));
    let shares = shares.map_err(|_| Fault::new("root key cannot be split"))?;
    Ok(shares.into_iter().map(Zeroizing::new).collect())
}

fn seal(share: &[u8], passphrase: &str, work_factor: u8) -> Result<Vec<u8>, Fault> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    recipient.set_work_factor(work_factor.clamp(1, HIGHEST_WORK_FACTOR));
    age::encrypt(&recipient, share).fault("share cannot be sealed")
}

/// The custodians of a key folder.
pub(crate) struct Custody {
    pub(crate) needed: usize,
    pub(crate) landing_key: String,
    shares: BTreeMap<String, Vec<u8>>,
    names: Vec<String>,
}

impl Custody {
    pub(crate) fn read(folder: &KeyFolder) -> Result<Self, Fault> {
        let path = folder.custodians();
        let content = keyfile::read(&path)?;
        let not_one = || format!("{} is not a list of custodians", path.display());
        let text: CustodyText = serde_json::from_str(&content).map_err(|_| Fault::new(not_one()))?;
        if text.version != VERSION || text.needed < FEWEST {
            return Err(Fault::new(not_one()));
        }
        let names = text.custodians.iter().map(|one| one.name.clone()).collect();
        let shares = text.custodians.into_iter().map(|one| {
            let share = BASE64.decode(one.share.as_bytes()).map_err(|_| Fault::new(not_one()))?;
            Ok((one.name, share))
        });
        let shares = shares.collect::<Result<_, Fault>>()?;
        Ok(Self { needed: text.needed, landing_key: text.landing_key, shares, names })
    }

    /// Everybody, in the order in which they were named.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// A custodian's share, or why it cannot be had, for that custodian.
    pub(crate) fn open(&self, name: &str, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let sealed = self
            .shares
            .get(name)
            .ok_or_else(|| format!("{name} is not a custodian; these are: {}", self.names.join(", ")))?;
        let mut identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        identity.set_max_work_factor(HIGHEST_WORK_FACTOR);
        let opened = age::decrypt(&identity, sealed).map(Zeroizing::new);
        opened.map_err(|_| format!("That is not the passphrase of {name}"))
    }
}

/// The root key, of as many shares as it takes.
pub(crate) fn combine(shares: &BTreeMap<String, Zeroizing<Vec<u8>>>) -> Result<RootKey, Fault> {
    let mut bare: Vec<Vec<u8>> = shares.values().map(|share| share.to_vec()).collect();
    let combined = Gf256::combine_array(&bare).map(Zeroizing::new);
    bare.iter_mut().for_each(Zeroize::zeroize);
    let combined = combined.map_err(|_| Fault::new("shares cannot be put together"))?;
    RootKey::from_bytes(&combined).ok_or_else(|| Fault::new("shares do not make a root key"))
}
