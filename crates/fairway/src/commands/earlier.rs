//! The earlier submission that a file is held against.

use std::path::Path;
use std::sync::Arc;

use fairway_check::{CheckOptions, Follow, ImprintKey, NoFindings};
use fairway_domain::Refusal;
use fairway_spec::Spec;

use crate::exit::Stop;

/// Reads the earlier file as the new one will be read, and keeps nothing of it but an imprint in memory.
pub fn follow(file: impl std::io::Read, name: &Path, spec: &Spec, options: &CheckOptions) -> Result<Follow, Stop> {
    let mut follow = Follow { key: ImprintKey::new([0; 16]), earlier: None };
    let options = CheckOptions { follow: Some(follow.clone()), ..options.clone() };
    let summary = fairway_check::check(file, spec, &options, &mut NoFindings, &mut |_| {})?;
    let Some(imprint) = summary.imprint else {
        let reason = match summary.verdict.is_refused() {
            true => format!("{} could not be read to its end", name.display()),
            false => "The specification has no rule about an earlier submission".into(),
        };
        return Err(Stop::Refused(Refusal::new(
            "The file cannot be held against the earlier one",
            reason,
            "Check the earlier file by itself first, or leave out --earlier",
        )));
    };
    follow.earlier = Some(Arc::clone(&imprint));
    Ok(follow)
}
