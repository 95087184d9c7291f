//! The verb `query`: one question to a zone's tables, recorded before it is answered.

use fairway_domain::port::{QueryAnswer, QueryError};
use fairway_domain::{Refusal, Zone};
use fairway_store::AuditEvent;
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

impl Service {
    /// Answers one SELECT over the de-identified zone, at most `limit` rows.
    ///
    /// # Errors
    /// Refused for any other zone and for what is not a SELECT over its tables.
    pub async fn query(&self, actor: &str, zone: Zone, sql: &str, limit: usize) -> VerbResult<QueryAnswer> {
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
            detail: json!({ "sql": without_literals(sql), "limit": limit }),
        })
        .await?;
        tx.commit().await?;
        self.warehouse.query(zone, sql, limit).await.map_err(|error| match error {
            QueryError::Refused(reason) => VerbError::Refused(Refusal::new(
                "The question cannot be answered",
                reason,
                "Ask with one SELECT over the zone's tables, for example: SELECT count(*) FROM asc_cld",
            )),
            QueryError::Fault(fault) => VerbError::Fault(fault),
        })
    }
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
    use super::without_literals;

    #[test]
    fn texts_and_numbers_do_not_reach_the_log() {
        assert_eq!(
            without_literals("SELECT a1, count(*) FROM asc_cld WHERE x = 'O''Brien 999' AND n > 12.5 LIMIT 5"),
            "SELECT a1, count(*) FROM asc_cld WHERE x = ?? AND n > ? LIMIT ?"
        );
        assert_eq!(without_literals("SELECT '9990000000"), "SELECT ?");
    }
}
