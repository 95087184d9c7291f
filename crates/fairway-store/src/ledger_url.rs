use std::fmt;

use fairway_domain::{Fault, Refusal};
use url::Url;

/// The address of a ledger in PostgreSQL: `postgres://role@server:5432/database?sslmode=verify-full`. It holds no password:
/// that comes from the file that `PGPASSFILE` names, from `~/.pgpass`, or from a client certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerUrl(Url);

impl LedgerUrl {
    /// Reads an address. A server elsewhere is spoken to encrypted, and only once its certificate was seen.
    ///
    /// # Errors
    /// With every reason when it is no such address; none of them repeats it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let reasons = Url::parse(text.trim()).map_or_else(|_| vec![NO_ADDRESS.to_owned()], |url| problems(&url));
        match Url::parse(text.trim()) {
            Ok(url) if reasons.is_empty() => Ok(Self(url)),
            _ => Err(Refusal {
                what: "The address of the ledger cannot be used".into(),
                reasons,
                next:
                    "Name it as postgres://ROLE@SERVER/DATABASE?sslmode=verify-full, and put the password into a file \
                       that PGPASSFILE names"
                        .into(),
            }),
        }
    }

    /// An address as a data directory keeps it.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        Self::parse(text)
            .map_err(|refusal| Fault::new(format!("ledger.url cannot be used: {}", refusal.reasons.join("; "))))
    }
}

impl fmt::Display for LedgerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const NO_ADDRESS: &str = "It is no address that begins with postgres://";

fn problems(url: &Url) -> Vec<String> {
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return vec![NO_ADDRESS.into()];
    }
    let asked = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let mut reasons = Vec::new();
    if url.password().is_some() || asked("password").is_some() {
        reasons.push(
            "It holds a password, which everybody who sees the address or the list of processes would read".into(),
        );
    }
    if url.path().trim_matches('/').is_empty() && asked("dbname").is_none() {
        reasons.push("It names no database".into());
    }
    let server = asked("host").or_else(|| asked("hostaddr")).or_else(|| url.host_str().map(str::to_owned));
    match server.filter(|server| !server.is_empty()) {
        None => reasons.push("It names no server, neither a host nor the folder of a socket".into()),
        Some(server) if is_here(&server) => {}
        Some(_) if asked("sslmode").as_deref() == Some("verify-full") => {}
        Some(_) => reasons.push(
            "It names a server elsewhere without sslmode=verify-full: the ledger would cross the network unprotected"
                .into(),
        ),
    }
    reasons
}

fn is_here(server: &str) -> bool {
    server.starts_with('/')
        || server.to_ascii_lowercase().starts_with("%2f")
        || matches!(server, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &str) -> Vec<String> {
        LedgerUrl::parse(text).map_or_else(|refusal| refusal.reasons, |_| Vec::new())
    }

    #[test]
    fn servers_here_and_protected_servers_elsewhere_are_taken() {
        for text in [
            "postgres:///fairway?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/fairway",
            "postgresql://fairway@localhost:5433/fairway",
            "postgres://fairway@[::1]/fairway",
            "postgres://fairway@db.example.nhs.uk/fairway?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        ] {
            assert_eq!(reasons(text), [""; 0], "{text}");
            assert_eq!(LedgerUrl::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn everything_wrong_with_an_address_is_said_and_its_password_never_repeated() {
        for (text, count) in [
            ("ledger.sqlite", 1),
            ("mysql://root@localhost/fairway", 1),
            ("postgres://fairway:hush@localhost/fairway", 1),
            ("postgres://fairway@localhost/fairway?password=hush", 1),
            ("postgres://fairway@db.example.nhs.uk/fairway", 1),
            ("postgres://fairway@db.example.nhs.uk/fairway?sslmode=require", 1),
            ("postgres://fairway@localhost", 1),
            ("postgres:///fairway", 1),
            ("postgres://fairway:hush@db.example.nhs.uk/", 3),
        ] {
            let refusal = LedgerUrl::parse(text).unwrap_err();
            assert_eq!(refusal.reasons.len(), count, "{text}: {:?}", refusal.reasons);
            assert!(!format!("{refusal:?}").contains("hush"), "{text}");
        }
    }
}
