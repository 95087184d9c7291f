//! The guide's page for each rule.

use fairway_spec::{Spec, rule_pages};

#[test]
fn a_page_tells_what_changed_between_releases() {
    let releases = ["asc-cld/r1", "asc-cld/r2"].map(|name| Spec::builtin(&name.parse().unwrap()).unwrap());
    let pages = rule_pages(&[&releases[0], &releases[1]]);
    let page = |id: &str| pages.iter().find(|page| page.file == format!("{id}.md")).unwrap().text.clone();
    assert!(page("value-of-earlier-release").contains("| asc-cld/r1 | – | – | not a rule there |"));
    assert!(page("event-end-before-start").contains("## Example"));
    assert!(pages[0].text.contains("| [event-end-before-start](event-end-before-start.md) |"));
}
