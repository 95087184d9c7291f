use fairway_domain::{ImportId, OrganisationCode};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn import(n: u128) -> ImportId {
    ImportId::new(Uuid::from_u128(n))
}

fn vault() -> VaultKey {
    VaultKey::generate().unwrap()
}

#[test]
fn a_load_key_comes_back_from_its_wrapping_after_the_vault_key_is_read_again() {
    let vault = vault();
    let load = LoadKey::generate().unwrap();
    let wrapped = vault.wrap_key(import(1), &load).unwrap();
    assert_eq!(wrapped.len(), 89);
    let again = VaultKey::read(&vault.write().unwrap()).unwrap();
    assert_eq!(again.unwrap_key(import(1), &wrapped).unwrap().0, load.0);
    assert_eq!(again.index_key().0, vault.index_key().0);
}

#[test]
fn a_wrong_vault_key_and_a_damaged_or_misplaced_load_key_are_told_apart() {
    let vault = vault();
    let mut wrapped = vault.wrap_key(import(1), &LoadKey::generate().unwrap()).unwrap();
    let fault = |result: Result<LoadKey, fairway_domain::Fault>| result.unwrap_err().to_string();

    let other = self::vault();
    assert!(fault(other.unwrap_key(import(1), &wrapped)).contains("another vault key"));
    assert!(fault(vault.unwrap_key(import(2), &wrapped)).contains("belongs to another import"));
    assert!(fault(vault.unwrap_key(import(1), &wrapped[..5])).contains("too short"));
    wrapped[40] ^= 1;
    assert!(fault(vault.unwrap_key(import(1), &wrapped)).contains("damaged"));
    wrapped[0] = 9;
    assert!(fault(vault.unwrap_key(import(1), &wrapped)).contains("version"));
}

#[test]
fn bytes_that_are_no_vault_key_are_refused_and_not_repeated() {
    for content in ["", "{}", "secret words", r#"{"version":2,"wrapping":"00","index":"00"}"#] {
        let fault = VaultKey::read(content.as_bytes()).unwrap_err();
        assert!(!format!("{fault:?}").contains("secret words"), "{fault}");
    }
}

#[test]
fn nothing_secret_is_printed() {
    let vault = vault();
    let load = LoadKey::generate().unwrap();
    let text = format!("{vault:?} {load:?} {:?} {:?}", CellCipher::new(&load), vault.index_key());
    assert!(!text.contains(load.0.to_hex().as_str()));
    assert_eq!(format!("{load:?}"), "LoadKey([secret])");
}

#[test]
fn equal_values_in_different_rows_or_columns_do_not_show() {
    let mut cipher = CellCipher::new(&LoadKey::generate().unwrap());
    let mut seal = |column: &str, record| {
        let mut out = vec![7; 3];
        cipher.seal(column, record, b"9434765919", &mut out).unwrap();
        assert_eq!(out.len(), 26);
        out
    };
    assert_eq!(seal("number", 1), seal("number", 1), "a load that runs twice writes the same");
    assert_ne!(seal("number", 1), seal("number", 2));
    assert_ne!(seal("number", 1), seal("other", 1));
}

#[test]
fn the_blind_index_keeps_kinds_organisations_and_keys_apart() {
    let vault = vault();
    let index = BlindIndex::new(&vault.index_key()).unwrap();
    let council: OrganisationCode = "816".parse().unwrap();
    let base = index.digest("local", Some(&council), b"12");
    assert_eq!(base, index.digest("local", Some(&council), b"12"));
    let other = self::vault();
    for different in [
        index.digest("nhs", Some(&council), b"12"),
        index.digest("local", None, b"12"),
        index.digest("local", Some(&"817".parse().unwrap()), b"12"),
        index.digest("local", Some(&council), b"13"),
        BlindIndex::new(&other.index_key()).unwrap().digest("local", Some(&council), b"12"),
    ] {
        assert_ne!(base, different);
    }
}

#[test]
fn the_blind_index_is_hmac_sha256_as_others_compute_it() {
    let key = IndexKey(Secret::from_slice(&[0x0b; 32]).unwrap());
    let digest = BlindIndex::new(&key).unwrap().digest("nhs_number", None, b"9434765919");
    // python3: hmac.new(b"\x0b" * 32, b"nhs_number\0\0" + b"9434765919", "sha256").hexdigest()
    assert_eq!(data_encoding::HEXLOWER.encode(&digest), INDEX_VECTOR);
}

const INDEX_VECTOR: &str = "16acce15bde3e59aed0c31deaf163a6d6038e8ff5da16000a7af6c959b50d34e";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else(
        clear in proptest::collection::vec(any::<u8>(), 0..80),
        column in "[a-z_]{1,12}",
        record in any::<u64>(),
        flip in any::<prop::sample::Index>(),
    ) {
        let key = LoadKey::generate().unwrap();
        let mut cipher = CellCipher::new(&key);
        let mut sealed = Vec::new();
        cipher.seal(&column, record, &clear, &mut sealed).unwrap();
        prop_assert_eq!(CellCipher::new(&key).open(&column, record, &sealed).unwrap(), clear);

        prop_assert!(cipher.open(&column, record ^ 1, &sealed).is_err());
        let longer = column.clone() + "x";
        prop_assert!(cipher.open(&longer, record, &sealed).is_err());
        prop_assert!(CellCipher::new(&LoadKey::generate().unwrap()).open(&column, record, &sealed).is_err());
        let at = flip.index(sealed.len());
        sealed[at] ^= 0x10;
        prop_assert!(cipher.open(&column, record, &sealed).is_err());
        prop_assert!(cipher.open(&column, record, &sealed[..at]).is_err());
    }
}

/// The cipher itself, against vectors made by those who break ciphers: 147 of them, valid and forged.
#[test]
fn aes_256_siv_agrees_with_wycheproof() {
    use aes_siv::KeyInit;
    let file = include_str!("../../tests/vectors/wycheproof-aes-siv-cmac-512.json");
    let file: serde_json::Value = serde_json::from_str(file).unwrap();
    let (mut valid, mut forged) = (0, 0);
    for test in file["tests"].as_array().unwrap() {
        let bytes = |name: &str| data_encoding::HEXLOWER.decode(test[name].as_str().unwrap().as_bytes()).unwrap();
        let (key, clear, sealed, about) = (bytes("key"), bytes("msg"), bytes("ct"), bytes("aad"));
        let mut cipher = aes_siv::siv::Aes256Siv::new_from_slice(&key).unwrap();
        let opened = cipher.decrypt([&about], &sealed).ok();
        if test["result"] == "valid" {
            assert_eq!(cipher.encrypt([&about], &clear).unwrap(), sealed, "test {}", test["tcId"]);
            assert_eq!(opened, Some(clear), "test {}", test["tcId"]);
            valid += 1;
        } else {
            assert_eq!(opened, None, "test {}", test["tcId"]);
            forged += 1;
        }
    }
    assert_eq!((valid + forged, forged > 0), (147, true));
}
