//! The guide has a page for each rule, and every page says what the specifications say.

use std::collections::BTreeMap;
use std::path::Path;

use fairway_spec::{Spec, builtin, rule_pages};

const MAKE_THEM: &str = "make the pages again: cargo run -p fairway-spec --example pages";

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/rules")
}

#[test]
fn the_guide_says_of_each_rule_what_the_specifications_say() {
    let releases: Vec<_> = builtin().iter().map(|name| Spec::builtin(name).unwrap()).collect();
    // Those with rules of their own.
    let releases: Vec<&Spec> =
        releases.iter().map(AsRef::as_ref).filter(|spec: &&Spec| !spec.rules.is_empty()).collect();
    let made: BTreeMap<String, String> = rule_pages(&releases).into_iter().map(|page| (page.file, page.text)).collect();
    let kept: BTreeMap<String, String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    assert_eq!(kept.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>(), "{MAKE_THEM}");
    for (file, text) in made {
        assert_eq!(kept[&file], text, "{file}: {MAKE_THEM}");
    }
}

#[test]
fn a_page_tells_what_changed_between_releases() {
    let releases = ["asc-cld/r1", "asc-cld/r2"].map(|name| Spec::builtin(&name.parse().unwrap()).unwrap());
    let pages = rule_pages(&[&releases[0], &releases[1]]);
    let page = |id: &str| pages.iter().find(|page| page.file == format!("{id}.md")).unwrap().text.clone();
    assert!(page("value-of-earlier-release").contains("| asc-cld/r1 | – | – | not a rule there |"));
    assert!(page("event-end-before-start").contains("## Example"));
    assert!(pages[0].text.contains("| [event-end-before-start](event-end-before-start.md) |"));
}
