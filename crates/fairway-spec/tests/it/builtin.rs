//! The specifications that come with Fairway.

use fairway_spec::{Role, builtin, resolve};

#[test]
fn both_releases_load() {
    let names: Vec<String> = builtin().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["asc-cld/r1", "asc-cld/r2"]);
    for name in names {
        let spec = resolve(&name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(spec.fields.len(), 50);
        assert_eq!(spec.indices_of_role(Role::LinkedPerson).count(), 3);
    }
}
