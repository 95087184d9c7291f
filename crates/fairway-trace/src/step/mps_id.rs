//! Step 4: whether two records for which no NHS number was found are of one person.

use crate::{Gender, Query, name};

/// Whether two records agree as the matching service asks before they share an identifier of its own (MPS_ID).
/// `same_local_id` says whether both have a local patient identifier and it is the same.
///
/// Source: handbook, MPS_ID matching. With the same local identifier, one of: family name, birth date, postcode and
/// (given name or gender); given name, birth date, postcode; both names, gender, postcode; both names, birth date; the
/// birth date alone where a name is missing. Without: both names, birth date, postcode; where both names are missing,
/// gender, birth date, postcode.
pub fn is_one_mps_person(a: &Query<'_>, b: &Query<'_>, same_local_id: bool) -> bool {
    let same = |a: &str, b: &str| !name::is_blank(a) && name::characters(a).eq(name::characters(b));
    let place = |text: &str| crate::index::pack_place(text);
    let family = same(a.family_name, b.family_name);
    let given = same(a.given_name, b.given_name);
    let born = a.date_of_birth.is_some() && a.date_of_birth == b.date_of_birth;
    let postcode = place(a.postcode) > 0 && place(a.postcode) == place(b.postcode);
    let gender = a.gender != Gender::NotKnown && a.gender == b.gender;
    let missing = |name: fn(&Query<'_>) -> bool| name(a) || name(b);
    let no_family = missing(|query| name::is_blank(query.family_name));
    let no_given = missing(|query| name::is_blank(query.given_name));
    if same_local_id {
        return (born && postcode && (given || (family && gender)))
            || (given && family && gender && postcode)
            || (given && family && born)
            || (born && (no_family || no_given));
    }
    (given && family && born && postcode) || (no_family && no_given && gender && born && postcode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PartialDate;

    #[test]
    fn the_published_combinations_and_no_others_make_one_person() {
        let ann = Query {
            family_name: "Lee",
            given_name: "Ann",
            gender: Gender::Female,
            date_of_birth: PartialDate::parse("19500101").ok(),
            postcode: "LE15 6AA",
            ..Query::default()
        };
        let moved = Query { postcode: "NG1 1AA", ..ann.clone() };
        let married = Query { family_name: "Ray", ..ann.clone() };
        let nameless = Query { family_name: "", given_name: "", ..ann.clone() };
        let nobody = Query { family_name: "Poe", given_name: "Tim", ..ann.clone() };
        for (other, with, without) in [
            (&ann, true, true),
            (&moved, true, false),
            (&married, true, false),
            (&nameless, true, true),
            (&nobody, false, false),
        ] {
            assert_eq!((is_one_mps_person(&ann, other, true), is_one_mps_person(&ann, other, false)), (with, without));
        }
        assert!(is_one_mps_person(&nameless, &nameless, false));
    }
}
