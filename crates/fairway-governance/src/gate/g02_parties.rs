//! G2: recipient, processors, storage places and territory are declared, and delivery keys belong to declared parties.

use super::GateRule;
use crate::Reason;
use crate::gate::Example;
use crate::rules::{self, Case, reason, shown};

pub(super) static RULE: GateRule = GateRule {
    id: "G2",
    title: "Recipient, processors, places and keys are those that the agreement declares",
    against: "data in the hands of a processor, in a place or under a key that nobody agreed to",
    before: &[rules::recipient_malformed, rules::recipient_other, parties, places, keys, onward],
    output: &[],
    remarks: super::trial::unstated_parties,
    examples: &[
        Example {
            wrong: "The extract is asked for by another than the recipient",
            reason: "recipient-other",
            change: |trial| trial.request.recipient = "QOP".parse().ok(),
        },
        Example {
            wrong: "The recipient's code is none",
            reason: "recipient-malformed",
            change: |trial| {
                let agreement = &mut trial.agreement;
                agreement.recipient.organisation = "?".into();
                agreement.signed.iter_mut().for_each(|one| {
                    if one.organisation == "0AB" {
                        one.organisation = "?".into();
                    }
                });
                let theirs = agreement
                    .particulars
                    .assurances
                    .iter()
                    .map(|one| crate::Assurance { organisation: "?".into(), ..one.clone() });
                let theirs: Vec<_> = theirs.collect();
                agreement.particulars.assurances.extend(theirs);
            },
        },
        Example {
            wrong: "The extract goes through somebody who is no party",
            reason: "party-undeclared",
            change: |trial| trial.agreement.particulars.delivery.through = Some("ZZZ".into()),
        },
        Example {
            wrong: "The key belongs to somebody who is no party",
            reason: "party-undeclared",
            change: |trial| {
                trial.agreement.particulars.delivery.keys.iter_mut().for_each(|key| key.organisation = "ZZZ".into());
            },
        },
        Example {
            wrong: "The data are kept by somebody who is no party",
            reason: "party-undeclared",
            change: |trial| {
                trial.agreement.particulars.locations.iter_mut().for_each(|place| place.organisation = "ZZZ".into());
            },
        },
        Example {
            wrong: "The data are kept abroad",
            reason: "territory-other",
            change: |trial| {
                trial.agreement.particulars.locations.iter_mut().for_each(|place| place.territory = "Atlantis".into());
            },
        },
        Example {
            wrong: "Nothing is said of where the data are kept",
            reason: "location-unstated",
            change: |trial| trial.agreement.particulars.locations.clear(),
        },
        Example {
            wrong: "There is no key to encrypt to",
            reason: "delivery-key-unstated",
            change: |trial| trial.agreement.particulars.delivery.keys.clear(),
        },
        Example {
            wrong: "The key was copied badly",
            reason: "delivery-key-malformed",
            change: |trial| {
                trial.agreement.particulars.delivery.keys.iter_mut().for_each(|key| key.key = "age1abc".into());
            },
        },
        Example {
            wrong: "Nothing is said of passing the data on",
            reason: "onward-unstated",
            change: |trial| trial.agreement.particulars.onward = None,
        },
    ],
};

fn parties(case: &Case<'_>) -> Vec<Reason> {
    let particulars = &case.agreement.particulars;
    let through = particulars.delivery.through.iter().map(|code| (code, "delivery.through"));
    let keys = particulars.delivery.keys.iter().map(|key| (&key.organisation, "delivery.keys"));
    let places = particulars.locations.iter().map(|place| (&place.organisation, "locations"));
    let undeclared = through.chain(keys).chain(places).filter(|(code, _)| !case.agreement.declares(code));
    let reason_of = |(code, key): (&String, &str)| {
        let why = format!("{} under {key} is no party of the agreement", shown(code));
        reason("party-undeclared", why, "Declare it as a processor, or name a party")
    };
    let mut reasons: Vec<Reason> = undeclared.map(reason_of).collect();
    reasons.dedup();
    reasons
}

fn places(case: &Case<'_>) -> Vec<Reason> {
    let locations = &case.agreement.particulars.locations;
    let known = &case.request.terms.territories;
    if locations.is_empty() && case.agreement.edition >= 2 {
        let why = "The agreement does not say where the data are kept";
        return vec![reason("location-unstated", why, "State each place under locations")];
    }
    let abroad = locations.iter().filter(|place| !known.iter().any(|one| rules::same(one, &place.territory)));
    let reason_of = |place: &crate::Location| {
        let why = format!("{} is not where data may be kept", shown(&place.territory));
        reason("territory-other", why, format!("Keep them in one of: {}", known.join(", ")))
    };
    abroad.map(reason_of).collect()
}

fn keys(case: &Case<'_>) -> Vec<Reason> {
    let keys = &case.agreement.particulars.delivery.keys;
    if keys.is_empty() && case.agreement.edition >= 2 {
        let why = "The agreement names no key that extracts are encrypted to";
        return vec![reason("delivery-key-unstated", why, "State the recipient's public key under delivery.keys")];
    }
    let malformed = keys.iter().filter(|key| !is_public_key(key.key.trim()));
    let reason_of = |key: &crate::DeliveryKey| {
        let why = format!("The key of {} is no public key of the age format", shown(&key.organisation));
        reason("delivery-key-malformed", why, "Copy it whole from what age-keygen printed; it begins with age1")
    };
    malformed.map(reason_of).collect()
}

/// Whether a text is Bech32 (BIP 173) of 32 bytes under the prefix `age`, checksum and all.
fn is_public_key(text: &str) -> bool {
    const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let Some(data) = text.strip_prefix("age1").filter(|data| data.len() == 58) else { return false };
    let step = |sum: u32, value: u32| {
        let top = sum >> 25;
        let shifted = ((sum & 0x01ff_ffff) << 5) ^ value;
        (0..5).filter(|bit| (top >> bit) & 1 == 1).fold(shifted, |sum, bit| sum ^ GENERATOR[bit])
    };
    let prefix = b"age";
    let expanded = prefix.iter().map(|b| u32::from(b >> 5)).chain([0]).chain(prefix.iter().map(|b| u32::from(b & 31)));
    let mut sum = expanded.fold(1, step);
    for byte in data.bytes() {
        let Some(value) = SYMBOLS.iter().zip(0u32..).find_map(|(one, at)| (*one == byte).then_some(at)) else {
            return false;
        };
        sum = step(sum, value);
    }
    sum == 1
}

fn onward(case: &Case<'_>) -> Vec<Reason> {
    if case.agreement.edition < 2 || case.agreement.particulars.onward.is_some() {
        return Vec::new();
    }
    let why = "The agreement does not say whether the data may be passed on";
    vec![reason("onward-unstated", why, "State onward: none, named or sublicence")]
}
