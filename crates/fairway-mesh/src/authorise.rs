//! The authorisation header: valid for one request, within two hours of the exchange's clock.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::MeshSettings;

/// The header's text at this moment. A nonce is used once, so that its count is always 0.
pub(crate) fn header(settings: &MeshSettings, nonce: &str, now: Timestamp) -> Option<String> {
    let time = now.strftime("%Y%m%d%H%M").to_string();
    let mailbox = &settings.mailbox;
    let (before, after) = (format!("{mailbox}:{nonce}:0:"), format!(":{time}"));
    let password = settings.password.expose();
    let mut message = Zeroizing::new(Vec::with_capacity(before.len() + password.len() + after.len()));
    message.extend_from_slice(before.as_bytes());
    message.extend_from_slice(password);
    message.extend_from_slice(after.as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(settings.shared_key.expose()).ok()?;
    mac.update(&message);
    let digest = HEXLOWER.encode(&mac.finalize().into_bytes());
    Some(format!("NHSMESH {before}{time}:{digest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Patience, Secret};

    #[test]
    fn the_header_is_that_of_the_published_example_code() {
        let settings = MeshSettings {
            url: String::new(),
            mailbox: Label::parse("AMP01HC001").unwrap(),
            password: Secret::new("password"),
            shared_key: Secret::new("BackBone"),
            tls: None,
            chunk_bytes: 1,
            max_received: 1,
            patience: Patience::default(),
        };
        let now = "2020-05-04T13:05:59Z".parse().unwrap();
        let header = header(&settings, "bd0e2bd5-218e-41d0-83a9-73fdec414803", now).unwrap();
        // Computed by running build_auth_header of the specification in Python with this key, nonce and time.
        let digest = "be8fb86cc4edae343895a1e5f3306b60dcfe47a36820638a8193a5f4862b8299";
        assert_eq!(header, format!("NHSMESH AMP01HC001:bd0e2bd5-218e-41d0-83a9-73fdec414803:0:202005041305:{digest}"));
    }
}
