//! A table under an agreement: entitled as an extract would be, made, held against the gate as its bytes are, and put into the
//! outbox of the recipient, or held until it is approved.

use std::collections::BTreeSet;
use std::sync::Arc;

use fairway_deid::disclosure::Profile;
use fairway_domain::port::ExtractCommit;
use fairway_domain::{Fault, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{
    Agreement, Decision, Figures, GrantedExtract, Object, Period, ReleaseRequest, Verb, Voice, decide,
};
use fairway_spec::Spec;
use fairway_store::{CurrentImport, outbox};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::reread::{self, Expected};
use super::{MadeTable, Plan, TABLE_CSV, TABLE_HTML, TABLE_JSON, TableReport, TableRequest, write, write_public};
use crate::access::Speaker;
use crate::context::blocking;
use crate::dictionary::{self, DICTIONARY};
use crate::gate;
use crate::manifest::{Manifest, ManifestTable};
use crate::packing::complete;
use crate::release::{Leaving, Made, Under, deliver_to};
use crate::{Service, VerbError, VerbResult};

const WHAT: &str = "The table cannot be released";

/// Who asks for a table that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// Their name.
    pub name: String,
    /// The code of their organisation.
    pub organisation: String,
}

impl Service {
    /// Makes a table for the recipient of an agreement, or refuses with every reason. Both are recorded. The caller has the
    /// lock.
    pub(super) async fn release_table(
        &self,
        actor: &str,
        document: &str,
        mut request: TableRequest,
    ) -> VerbResult<TableReport> {
        let (leaving, verb) = match &request.requester {
            Some(_) => (Leaving::Held, Verb::ReleaseRequest),
            None => (Leaving::AtOnce, Verb::ReleaseRun),
        };
        self.authorise(verb, Object::Centre).await?;
        if let Some(named) = &mut request.requester {
            let who = Voice { name: &named.name, organisation: &named.organisation };
            let who = self.speaker(verb, who).await?;
            who.must_be_named(WHAT)?;
            *named = Requester { name: who.name, organisation: who.organisation };
        }
        let whole = Under::parse(document, leaving)?;
        let about = whole.agreement.about(&request.dataset).ok_or_else(|| {
            let why = format!("{} is not about {}", whole.agreement.reference, request.dataset);
            VerbError::refused(WHAT, why, "Name a dataset of the agreement")
        })?;
        let under = whole.about(about);
        self.clear_unfinished().await?;
        let id = ReleaseId::new(Uuid::now_v7());
        match self.pass_table(actor, id, &under, request).await {
            Ok((made, done)) => self.let_go(actor, document, &under.agreement, (&made, done)).await,
            Err(VerbError::Refused(refusal)) => self.refuse(actor, id, &under.agreement, refusal).await,
            Err(error) => Err(error),
        }
    }

    /// The table in its place, having passed the gate.
    async fn pass_table(
        &self,
        actor: &str,
        id: ReleaseId,
        under: &Under,
        request: TableRequest,
    ) -> VerbResult<(Arc<MadeTable>, Made)> {
        let (plan, wish, asked, granted) = self.entitled(under, request).await?;
        self.intend(actor, id, &under.agreement, &granted).await?;
        let made = Arc::new(self.make_table(plan).await?);
        let manifest = self.table_manifest(id, under, (&granted, &made), wish)?;
        let done = self.place_table(actor, (id, under), (made.clone(), asked, granted), manifest).await?;
        Ok((made, done))
    }

    fn table_manifest(
        &self,
        id: ReleaseId,
        under: &Under,
        (granted, made): (&GrantedExtract, &MadeTable),
        wish: ManifestTable,
    ) -> VerbResult<Manifest> {
        let manifest = Manifest::new(id, &under.agreement, granted, &made.plan.imports, String::new());
        Ok(Manifest {
            created_at: self.clock.now().to_string(),
            log: Some(self.log_standing()?),
            key_domain: String::new(),
            table: Some(wish),
            ..manifest
        })
    }

    /// Writes a table into a folder nobody is told of, holds it against the gate, records it, and gives it its name.
    async fn place_table(
        &self,
        actor: &str,
        (id, under): (ReleaseId, &Under),
        (made, asked, granted): (Arc<MadeTable>, ReleaseRequest, GrantedExtract),
        mut manifest: Manifest,
    ) -> VerbResult<Made> {
        let (service, runtime, actor) = (self.clone(), Handle::current(), actor.to_owned());
        let (agreement, root) = (under.agreement.clone(), under.leaving.root(&self.dir));
        blocking("releasing a table", move || {
            let spec = service.newest_spec(&agreement.dataset, WHAT)?;
            let expected = Expected { made: &made, all: &service.specs_of(&agreement.dataset)? };
            let mut found = None;
            let placed = outbox::place(&root, &deliver_to(&agreement)?, &format!("release-{id}"), |folder| {
                write_public(folder, &made.table)?;
                found = service.gate_table(folder, &expected, (&agreement, &asked, &granted), &mut manifest)?;
                if found.is_some() {
                    return Err(Fault::new("table did not pass the gate"));
                }
                let beside = [(DICTIONARY, dictionary(folder, &granted, &spec)?)];
                let commit = ExtractCommit { rows: made.table.lines(), versions: Vec::new() };
                complete(
                    folder,
                    (&commit, &agreement),
                    (&[TABLE_CSV, TABLE_JSON, TABLE_HTML], &beside),
                    &mut manifest,
                )?;
                // Before anybody can see it: one that is recorded and not handed over harms nobody.
                let recorded = runtime.block_on(service.publish(&actor, &made.plan, &made.record, &made.report));
                recorded.map(drop).map_err(|_| Fault::new("table cannot be recorded"))
            });
            match found {
                Some(refusal) => Err(refusal.into()),
                None => Ok(Made { id, placed: placed?, manifest }),
            }
        })
        .await
    }

    /// Hands a table over, or holds it; the processing centre has its own copy.
    async fn let_go(
        &self,
        actor: &str,
        document: &str,
        agreement: &Agreement,
        (made, done): (&MadeTable, Made),
    ) -> VerbResult<TableReport> {
        let (release, folder) = (done.id, done.placed.folder.clone());
        let is_held = made.plan.request.requester.is_some();
        match &made.plan.request.requester {
            Some(Requester { name, organisation }) => {
                let who = Speaker { name: name.clone(), organisation: organisation.clone() };
                self.keep_held(actor, document, (agreement, &done), (&who, Some(Verb::ReleaseRequest))).await?;
            }
            None => drop(self.hand_over(actor, agreement, done).await?),
        }
        write(&made.plan.request.out, &made.table, &made.report)?;
        Ok(TableReport {
            folder,
            table: made.table.clone(),
            report: made.report.clone(),
            published_before: false,
            release: Some(release),
            is_held,
        })
    }

    /// What an agreement grants of a table, and how it is made; or every reason against it, of the table and of the agreement.
    async fn entitled(
        &self,
        under: &Under,
        request: TableRequest,
    ) -> VerbResult<(Plan, ManifestTable, ReleaseRequest, GrantedExtract)> {
        let agreement = &under.agreement;
        let spec = self.newest_spec(&agreement.dataset, WHAT)?;
        let current = self.current_imports(agreement).await?;
        let agreed = agreement.particulars.disclosure_profile.as_deref();
        let shape = self.shape(&request, agreed);
        let wish = ManifestTable::of(&request, agreed);
        let asked = wish.ask(agreement, self.request(under, &spec, &current).await?)?;
        match (shape, decide(agreement, &asked, self.clock.today())) {
            (Ok(shape), Decision::Granted(granted)) => {
                let within = |one: &CurrentImport| {
                    granted.areas().contains(&one.organisation)
                        && granted.period().covers(Period { from: one.period.0, to: one.period.1 })
                };
                let imports = current.into_iter().filter(within).collect();
                let plan = Plan::new(shape, request, imports, Some(agreement.reference.clone()))?;
                Ok((plan, wish, asked, granted))
            }
            (shape, decided) => Err(together(shape.err(), decided)),
        }
    }

    /// Reads a table back as it would leave and holds it against every rule.
    fn gate_table(
        &self,
        folder: &std::path::Path,
        expected: &Expected<'_>,
        (agreement, request, granted): (&Agreement, &ReleaseRequest, &GrantedExtract),
        manifest: &mut Manifest,
    ) -> Result<Option<Refusal>, Fault> {
        let (facts, cells) = reread::facts(folder, expected)?;
        manifest.cells_scanned = cells;
        let extract = gate::Extract {
            columns: &expected.made.table.header(),
            areas: granted.areas(),
            submissions: &gate::submissions(&expected.made.plan.imports),
            facts: &facts,
            log: self.log_for_the_gate()?,
        };
        self.judged(folder, (agreement, request), &extract, manifest)
    }
}

fn dictionary(folder: &std::path::Path, granted: &GrantedExtract, spec: &Spec) -> Result<u64, Fault> {
    let told = granted.columns().iter().map(|column| (column.clone(), Some(spec), column.name.clone()));
    dictionary::write(&folder.join(DICTIONARY), &told.collect::<Vec<_>>())
}

/// Every reason of both.
fn together(shape: Option<VerbError>, decided: Decision) -> VerbError {
    let mut all = match shape {
        Some(VerbError::Refused(refusal)) => refusal,
        Some(error) => return error,
        None => Refusal { what: WHAT.into(), reasons: Vec::new(), next: String::new() },
    };
    if let Decision::Refused(refusal) = decided {
        all.reasons.extend(refusal.reasons);
        all.next = [all.next, refusal.next].into_iter().filter(|next| !next.is_empty()).collect::<Vec<_>>().join(". ");
    }
    WHAT.clone_into(&mut all.what);
    VerbError::Refused(all)
}

impl ManifestTable {
    fn of(request: &TableRequest, agreed: Option<&str>) -> Self {
        let names = request.by.iter().chain(request.filter.keys()).map(String::as_str);
        let mut columns: Vec<String> = Vec::new();
        for name in names.chain(request.measure.column()) {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
        }
        let day = |(from, to): (jiff::civil::Date, jiff::civil::Date)| [from.to_string(), to.to_string()];
        let codes = |codes: &Vec<OrganisationCode>| codes.iter().map(ToString::to_string).collect();
        Self {
            by: request.by.clone(),
            only: request.filter.clone(),
            measure: request.measure.to_string(),
            columns,
            profile: super::profile_name(request, agreed).to_owned(),
            senders: request.organisations.as_ref().map(codes),
            period: request.period.map(day),
            recipient: request.recipient.as_ref().map(ToString::to_string),
        }
    }

    /// The request of an agreement's rows, made one for this table.
    ///
    /// # Errors
    /// When a profile does not hold together.
    pub(crate) fn ask(&self, agreement: &Agreement, request: ReleaseRequest) -> VerbResult<ReleaseRequest> {
        let agreed = agreement.particulars.disclosure_profile.as_deref().map(Profile::named).transpose()?.flatten();
        let own = Profile::named(&self.profile)?;
        let is_weaker = own.zip(agreed).is_some_and(|(own, agreed)| !own.protects_as_much_as(&agreed));
        let known = |codes: &Vec<String>| codes.iter().filter_map(|code| code.parse().ok()).collect();
        let period = self.period.as_ref().and_then(|[from, to]| Some((from.parse().ok()?, to.parse().ok()?)));
        Ok(ReleaseRequest {
            columns: Some(self.columns.clone()),
            areas: self.senders.as_ref().map(known),
            period: period.map(|(from, to)| Period { from, to }),
            recipient: self.recipient.as_ref().and_then(|code| code.parse().ok()),
            figures: Some(Figures { profile: self.profile.clone(), is_weaker }),
            ..request
        })
    }

    /// The table that a release's manifest tells of; `None` where it has rows.
    pub(crate) fn in_manifest(manifest: &serde_json::Value) -> Option<Self> {
        serde_json::from_value(manifest["table"].clone()).ok()
    }
}

/// Names of senders in a table, as codes with a row each.
pub(super) fn senders(senders: &[String]) -> Vec<(String, u64)> {
    senders.iter().collect::<BTreeSet<_>>().into_iter().map(|code| (code.clone(), 1)).collect()
}
