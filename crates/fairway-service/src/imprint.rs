//! What is kept of a submission so that its sender's next one can be held against it: see ADR 11.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::sync::Arc;

use fairway_check::{Follow, Imprint, ImprintKey};
use fairway_deid::cipher::BlindIndex;
use fairway_domain::{Fault, FaultExt, OrganisationCode, SubmissionId, SubmissionState};
use fairway_store::Submission;

use crate::{Service, VerbResult};

/// The sender's last accepted submission of the dataset that landed before this one and has left an imprint.
pub(crate) async fn earlier(service: &Service, submission: &Submission) -> VerbResult<Option<SubmissionId>> {
    let all = service.store.submissions_of(&submission.organisation, &submission.dataset).await?;
    let before = all.into_iter().filter(|other| {
        other.id != submission.id && other.state >= SubmissionState::Accepted && other.landed_at <= submission.landed_at
    });
    Ok(before.map(|other| other.id).find(|id| service.dir.imprint(*id).is_file()))
}

/// How a submission's events are followed from the earlier one.
pub(crate) fn follow(
    service: &Service,
    organisation: &OrganisationCode,
    earlier: Option<SubmissionId>,
) -> Result<Follow, Fault> {
    const WHAT: &str = "imprint of the earlier submission cannot be read";
    let earlier = match earlier {
        Some(id) => {
            let file = File::open(service.dir.imprint(id)).fault(WHAT)?;
            Some(Arc::new(Imprint::read(BufReader::new(file))?))
        }
        None => None,
    };
    Ok(Follow { key: key(service, organisation)?, earlier })
}

/// A key of the organisation's own, so that imprints of two councils share nothing.
fn key(service: &Service, organisation: &OrganisationCode) -> Result<ImprintKey, Fault> {
    let vault = service.vault_key()?;
    let digest = BlindIndex::new(&vault.index_key())?.digest("imprint", Some(organisation), b"");
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    Ok(ImprintKey::new(key))
}

/// Keeps a submission's imprint, whole and on disk or not at all.
pub(crate) fn keep(service: &Service, id: SubmissionId, imprint: &Imprint) -> Result<(), Fault> {
    const WHAT: &str = "imprint cannot be kept";
    let path = service.dir.imprint(id);
    let part = path.with_extension("part");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).fault(WHAT)?;
    }
    let mut file = BufWriter::new(File::create(&part).fault(WHAT)?);
    imprint.write(&mut file)?;
    let file = file.into_inner().map_err(std::io::IntoInnerError::into_error).fault(WHAT)?;
    file.sync_all().fault(WHAT)?;
    fs::rename(&part, &path).fault(WHAT)
}
