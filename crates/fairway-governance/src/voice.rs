//! Who speaks, and whether two that speak are one.

/// A person with the code of their organisation; blank where nobody is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Voice<'a> {
    /// The person's name, with their account in square brackets behind it where they have one.
    pub name: &'a str,
    /// The organisation's code.
    pub organisation: &'a str,
}

/// Whether two names are of one person: by the account in square brackets where both have one, else by the name.
pub fn same_person(a: &str, b: &str) -> bool {
    let ((a, of_a), (b, of_b)) = (parts(a), parts(b));
    match (of_a, of_b) {
        (Some(of_a), Some(of_b)) => of_a == of_b,
        _ => a.to_lowercase() == b.to_lowercase(),
    }
}

fn parts(text: &str) -> (&str, Option<&str>) {
    let account = text.trim().strip_suffix(']').and_then(|text| text.rsplit_once('['));
    account.map_or((text.trim(), None), |(name, account)| (name.trim(), Some(account)))
}

/// Everything against an approval: nobody approves what they asked for, nobody twice, no organisation twice.
pub fn against_approval(requester: Voice<'_>, before: &[Voice<'_>], approver: Voice<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if approver.name.trim().is_empty() || approver.organisation.trim().is_empty() {
        reasons.push("An approval names a person and their organisation".into());
    }
    if same_person(approver.name, requester.name) {
        reasons.push("Whoever asked cannot approve".into());
    }
    let same_organisation =
        |one: &Voice<'_>| one.organisation.trim().to_lowercase() == approver.organisation.trim().to_lowercase();
    if before.iter().any(|one| same_person(one.name, approver.name)) {
        reasons.push(format!("{} has approved already", approver.name));
    } else if before.iter().any(same_organisation) {
        reasons.push(format!("Somebody of {} has approved already; it takes two organisations", approver.organisation));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_says_more_than_a_name() {
        assert!(same_person("Ada", " ada "));
        assert!(same_person("Ada [person:1]", "Grace [person:1]"));
        assert!(same_person("Ada [person:1]", "ada"), "a name without an account may be anybody’s of that name");
        assert!(same_person("Ada [person:2] [person:1]", "Grace [person:1]"), "the last counts");
        assert!(!same_person("Ada [person:1]", "Ada [person:2]"));
        assert!(!same_person("Ada", "Grace"));
    }

    #[test]
    fn nobody_approves_what_they_asked_for_and_no_organisation_twice() {
        let ada = Voice { name: "Ada", organisation: "QOP" };
        let grace = Voice { name: "Grace", organisation: "QOP" };
        let mary = Voice { name: "Mary", organisation: "X26" };
        let against = |before: &[Voice<'_>], who| against_approval(ada, before, who).len();
        assert_eq!((against(&[], grace), against(&[grace], mary)), (0, 0));
        assert_eq!(against(&[], Voice { name: " ada ", organisation: "X26" }), 1, "the requester");
        assert_eq!(against(&[], Voice { name: "Ada [person:1]", organisation: "X26" }), 1, "the requester, signed in");
        assert_eq!(against(&[grace], grace), 1, "the same person");
        assert_eq!(against(&[grace], Voice { name: "Joan", organisation: "qop" }), 1, "the same organisation");
        assert_eq!(against(&[], Voice::default()), 1);
    }
}
