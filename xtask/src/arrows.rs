//! Which of our crates may know which, and which may use the heavy dependencies. The table is that of
//! `docs/adr/0001-the-house.md`; a new row or a new arrow comes with a decision of its own.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Our crates and those of ours that each may know, besides in tests.
const MAY_KNOW: [(&str, &[&str]); 17] = [
    ("fairway-domain", &[]),
    ("fairway-spec", &["fairway-domain"]),
    ("fairway-check", &["fairway-domain", "fairway-spec"]),
    ("fairway-check-wasm", &["fairway-domain", "fairway-spec", "fairway-check"]),
    ("fairway-trace", &["fairway-domain"]),
    ("fairway-deid", &["fairway-domain"]),
    ("fairway-governance", &["fairway-domain"]),
    ("fairway-log", &["fairway-domain"]),
    ("fairway-synth", &["fairway-domain", "fairway-spec"]),
    ("fairway-store", &["fairway-domain", "fairway-spec", "fairway-log"]),
    ("fairway-warehouse", &["fairway-domain", "fairway-spec"]),
    ("fairway-mesh", &["fairway-domain"]),
    ("fairway-keyholder", &["fairway-domain", "fairway-deid"]),
    (
        "fairway-service",
        &[
            "fairway-domain",
            "fairway-spec",
            "fairway-check",
            "fairway-trace",
            "fairway-deid",
            "fairway-governance",
            "fairway-log",
            "fairway-store",
        ],
    ),
    ("fairway-portal", &["fairway-domain", "fairway-service"]),
    ("fairway-proof", &["fairway-domain", "fairway-spec", "fairway-check", "fairway-trace"]),
    ("xtask", &[]),
];

/// The binary: it wires all of them together.
const BINARY: &str = "fairway";

/// Made-up people: every crate may use them in its tests.
const FOR_TESTS: &str = "fairway-synth";

/// What a crate may know in its tests besides: those of the doors lay down what the doors then show.
const IN_TESTS: [(&str, &str); 1] = [("fairway-portal", "fairway-store")];

/// Engines: pure. Nothing that waits, and no database.
const ENGINES: [&str; 7] = [
    "fairway-domain",
    "fairway-spec",
    "fairway-check",
    "fairway-trace",
    "fairway-deid",
    "fairway-governance",
    "fairway-log",
];

/// Heavy dependencies (a star for every name that begins so) and a crate that may use each, also in its tests.
const HEAVY: [(&str, &str); 24] = [
    ("ed25519-dalek", "fairway-log"),
    ("signed_note", "fairway-log"),
    ("tlog_tiles", "fairway-log"),
    ("sqlx*", "fairway-store"),
    ("age", "fairway-store"),
    ("age", "fairway-keyholder"),
    // In its tests: it plays the recipient.
    ("age", BINARY),
    ("vsss-rs", "fairway-keyholder"),
    ("rpassword", BINARY),
    ("datafusion*", "fairway-warehouse"),
    ("deltalake*", "fairway-warehouse"),
    ("ballista*", "fairway-warehouse"),
    ("arrow*", "fairway-warehouse"),
    ("reqwest", "fairway-mesh"),
    ("axum*", "fairway-portal"),
    ("askama*", "fairway-portal"),
    ("askama*", "fairway-check"),
    // The page of a published table (docs/adr/0026).
    ("askama*", "fairway-service"),
    ("rust_xlsxwriter", "fairway-check"),
    ("rust_xlsxwriter", "fairway-spec"),
    // Linear programmes over published tables (docs/adr/0026).
    ("clarabel", "fairway-deid"),
    ("clap*", BINARY),
    ("aes-siv", "fairway-deid"),
    ("simd-csv", "fairway-check"),
];

/// One of our crates with what its manifest names.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// What it uses.
    pub uses: Vec<Use>,
}

/// A line of a manifest.
#[derive(Debug, Clone)]
pub struct Use {
    /// The crate used.
    pub name: String,
    /// Whether tests alone use it.
    pub in_tests: bool,
}

/// Reads the workspace's manifests. Looks at no other crate and needs no network.
///
/// # Errors
/// When cargo cannot read the workspace.
pub fn read(manifest: &Path) -> anyhow::Result<Vec<Crate>> {
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
    let ours = metadata.packages.into_iter().map(|package| Crate {
        name: package.name.to_string(),
        uses: package
            .dependencies
            .into_iter()
            .map(|used| Use { in_tests: used.kind == DependencyKind::Development, name: used.name })
            .collect(),
    });
    Ok(ours.collect())
}

/// Every arrow that is not in the table.
pub fn problems(crates: &[Crate]) -> Vec<String> {
    crates.iter().flat_map(|one| one.uses.iter().filter_map(|used| problem(one, used)).chain(unknown(one))).collect()
}

fn unknown(one: &Crate) -> Option<String> {
    let known = one.name == BINARY || MAY_KNOW.iter().any(|(name, _)| *name == one.name);
    (!known).then(|| format!("{}: not in the table of arrows; decide which crates it may know", one.name))
}

fn problem(one: &Crate, used: &Use) -> Option<String> {
    let name = one.name.as_str();
    if is_ours(&used.name) {
        return (!may_know(name, used)).then(|| format!("{name}: may not know {}", used.name));
    }
    if used.name == "tokio" && ENGINES.contains(&name) {
        return Some(format!("{name}: is an engine and may not use tokio"));
    }
    let alone: Vec<&str> =
        HEAVY.iter().filter(|(pattern, _)| matches(pattern, &used.name)).map(|(_, alone)| *alone).collect();
    let problem = || format!("{name}: may not use {}; {} alone may", used.name, alone.join(" and "));
    (!alone.is_empty() && !alone.contains(&name)).then(problem)
}

fn may_know(name: &str, used: &Use) -> bool {
    let allowed = MAY_KNOW.iter().find(|(one, _)| *one == name).map_or(&[][..], |(_, allowed)| allowed);
    let in_tests = used.name == FOR_TESTS || IN_TESTS.contains(&(name, used.name.as_str()));
    name == BINARY || allowed.contains(&used.name.as_str()) || (used.in_tests && in_tests)
}

fn is_ours(name: &str) -> bool {
    name == BINARY || name.starts_with("fairway-") || name == "xtask"
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(name: &str, used: &str, in_tests: bool) -> Vec<Crate> {
        vec![Crate { name: name.into(), uses: vec![Use { name: used.into(), in_tests }] }]
    }

    #[test]
    fn every_arrow_of_the_workspace_is_in_the_table() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let crates = read(&manifest).unwrap();
        assert!(crates.len() >= 13);
        assert_eq!(problems(&crates), Vec::<String>::new());
    }

    #[test]
    fn a_planted_arrow_is_found() {
        let found = |name, used| problems(&workspace(name, used, false));
        assert_eq!(found("fairway-service", "fairway-warehouse"), ["fairway-service: may not know fairway-warehouse"]);
        assert_eq!(found("fairway-portal", "fairway-store"), ["fairway-portal: may not know fairway-store"]);
        assert_eq!(found("fairway-trace", "fairway-spec"), ["fairway-trace: may not know fairway-spec"]);
        assert_eq!(found("fairway-domain", "fairway"), ["fairway-domain: may not know fairway"]);
        assert_eq!(found("fairway-deid", "tokio"), ["fairway-deid: is an engine and may not use tokio"]);
        assert_eq!(
            found("fairway-store", "clap_mangen"),
            ["fairway-store: may not use clap_mangen; fairway alone may"]
        );
        assert_eq!(
            found("fairway-service", "datafusion-common"),
            ["fairway-service: may not use datafusion-common; fairway-warehouse alone may"]
        );
        assert_eq!(
            found("fairway-spec", "askama"),
            ["fairway-spec: may not use askama; fairway-portal and fairway-check and fairway-service alone may"]
        );
        assert_eq!(
            found("fairway-new", "fairway-domain").last().map(String::as_str),
            Some("fairway-new: not in the table of arrows; decide which crates it may know")
        );
    }

    #[test]
    fn what_the_table_allows_is_not_a_problem() {
        for (name, used) in [
            ("fairway", "fairway-warehouse"),
            ("fairway", "clap"),
            ("fairway-check", "fairway-spec"),
            ("fairway-store", "sqlx"),
            ("fairway-store", "tokio"),
            ("fairway-spec", "serde"),
        ] {
            assert_eq!(problems(&workspace(name, used, false)), Vec::<String>::new(), "{name} → {used}");
        }
    }

    #[test]
    fn tests_may_use_made_up_people_and_nothing_else_beyond_the_table() {
        assert_eq!(problems(&workspace("fairway-trace", "fairway-synth", true)), Vec::<String>::new());
        assert_eq!(problems(&workspace("fairway-trace", "fairway-synth", false)).len(), 1);
        assert_eq!(problems(&workspace("fairway-service", "fairway-warehouse", true)).len(), 1);
        assert_eq!(problems(&workspace("fairway-check", "tokio", true)).len(), 1);
    }

    #[test]
    fn all_problems_are_told_not_the_first() {
        let uses = ["sqlx", "fairway-store", "tokio"].map(|name| Use { name: name.into(), in_tests: false });
        let crates = [Crate { name: "fairway-spec".into(), uses: uses.into() }];
        assert_eq!(problems(&crates).len(), 3);
    }
}
