//! The guide's page on the gate, printed from the rules and their examples, so that it cannot tell otherwise than they do.

use std::fmt::Write;

use fairway_domain::Fault;

use super::{RULES, Trial};

const HEAD: &str = "# The release gate

Every extract is held against fifteen rules, first on the agreement and the wish, then on the bytes that would leave, read back
from the files. All must pass; a refusal gives every reason. The outcome is the signed report `gate-report.json` beside the
extract. This page is printed from the rules with `fairway release rules`; each example is a test.

Numbers and legal bases are data with their sources: `specs/governance/release.yaml`. An agreement may be stricter under
`limits`. A document of the first edition may leave things unsaid, and the report remarks what; one that says `edition: 2`
states everything (`agreements/sample.yaml`).

What the gate cannot do: one row a care event singles most people out by their dates and services, whoever looks. Contract and
place protect them, and the gate tells how many are singled out. What a recipient knows beyond what it sent is not measured.
";

/// The page, in Markdown.
///
/// # Errors
/// Never with the sample that is tested here.
pub fn page() -> Result<String, Fault> {
    let mut page = String::from(HEAD);
    for rule in RULES {
        // Writing to a string does not fail.
        let _ = write!(page, "\n## {}. {}\n\nAgainst {}.\n", rule.id, rule.title, rule.against);
        for example in rule.examples {
            let reasons = Trial::lawful()?.spoilt(example).reasons();
            let _ = write!(page, "\n- {}:\n", example.wrong);
            for reason in reasons {
                let _ = writeln!(page, "  > {reason} (`{}`)", reason.rule);
            }
        }
    }
    Ok(page)
}
