//! The verb `query`: one question to a zone's tables, recorded before it is answered.

use fairway_domain::port::{AsOf, QueryAnswer, QueryError};
use fairway_domain::{Refusal, SubmissionId, Zone};
use fairway_governance::{Object, Verb};
use fairway_store::AuditEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

impl Service {
    /// Answers one SELECT over the de-identified zone, at most `limit` rows; over its tables as they were, where `as_of`
    /// says when: a submission, a version, a day or a time.
    ///
    /// # Errors
    /// Refused for any other zone, for what is not a SELECT over its tables, and where a table held nothing then.
    pub async fn query(
        &self,
        actor: &str,
        zone: Zone,
        sql: &str,
        limit: usize,
        as_of: Option<&str>,
    ) -> VerbResult<QueryAnswer> {
        self.authorise(Verb::WarehouseQuery, Object::Centre).await?;
        let then = as_of.map_or(Ok(AsOf::Now), read_as_of)?;
        if zone != Zone::Deidentified {
            return Err(VerbError::refused(
                "The question cannot be answered",
                format!("The {zone} zone holds people's identifiers and cannot be queried"),
                "Ask the deidentified zone",
            ));
        }
        let mut tx = self.store.tx("query", self.clock.now()).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "TablesQueried",
            object: format!("zone:{zone}"),
            detail: json!({ "sql": without_literals(sql), "limit": limit, "as_of": as_of }),
        })
        .await?;
        tx.commit().await?;
        self.warehouse.query_as_of(zone, sql, limit, then).await.map_err(|error| match error {
            QueryError::Refused(reason) => VerbError::Refused(Refusal::new(
                "The question cannot be answered",
                reason,
                "Ask with one SELECT over the zone's tables, for example: SELECT count(*) FROM asc_cld",
            )),
            QueryError::Fault(fault) => VerbError::Fault(fault),
        })
    }
}

/// A submission's identifier, the number of a version, a day (to its end) or a time; both in universal time.
fn read_as_of(text: &str) -> VerbResult<AsOf> {
    let end_of = |day: Date| day.at(23, 59, 59, 999_999_999).to_zoned(TimeZone::UTC).ok();
    if let Ok(id) = text.parse::<SubmissionId>() {
        return Ok(AsOf::Import(id.into()));
    }
    if let Ok(version) = text.parse() {
        return Ok(AsOf::Version(version));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(AsOf::Time(at));
    }
    let end = text.parse::<Date>().ok().and_then(end_of);
    end.map(|end| AsOf::Time(end.timestamp())).ok_or_else(|| {
        VerbError::refused(
            "The question cannot be answered",
            "What --as-of says is neither a submission, a version, a day nor a time",
            "Give a submission's identifier, a number, 2026-03-31 or 2026-03-31T12:00:00Z",
        )
    })
}

/// The question with its texts and numbers taken out: somebody may have typed an identifier.
fn without_literals(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut chars = sql.chars().peekable();
    let mut in_word = false;
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                out.push('?');
                // A doubled quote inside a text is read as two texts side by side, which leaves nothing of it either.
                for _ in chars.by_ref().take_while(|c| *c != '\'') {}
            }
            '0'..='9' if !in_word => {
                out.push('?');
                while chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '.').is_some() {}
            }
            c => {
                in_word = c.is_alphanumeric() || c == '_' || (in_word && c.is_ascii_digit());
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_submission_a_version_a_day_or_a_time() {
        let id = "0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11";
        assert_eq!(read_as_of(id).unwrap(), AsOf::Import(id.parse::<SubmissionId>().unwrap().into()));
        assert_eq!(read_as_of("17").unwrap(), AsOf::Version(17));
        let noon = "2026-03-31T12:00:00Z".parse().unwrap();
        assert_eq!(read_as_of("2026-03-31T12:00:00Z").unwrap(), AsOf::Time(noon));
        let AsOf::Time(end) = read_as_of("2026-03-31").unwrap() else { panic!("a day is a time") };
        assert!(end > noon && end < "2026-04-01T00:00:00Z".parse().unwrap());
        assert!(read_as_of("last week").is_err());
    }

    #[test]
    fn texts_and_numbers_do_not_reach_the_log() {
        assert_eq!(
            without_literals("SELECT a1, count(*) FROM asc_cld WHERE x = 'O''Brien 999' AND n > 12.5 LIMIT 5"),
            "SELECT a1, count(*) FROM asc_cld WHERE x = ?? AND n > ? LIMIT ?"
        );
        assert_eq!(without_literals("SELECT '9990000000"), "SELECT ?");
    }
}
