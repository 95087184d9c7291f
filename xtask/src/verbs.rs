//! Verbs and permissions: every public verb of the service declares which row of the permission table it is, and every row
//! is some verb's. Read from the text, which rustfmt keeps in shape.

use crate::guards::File;

/// Where verbs are.
const SERVICE: &str = "crates/fairway-service/src/";
/// Where rows of the table are named.
const VERBS: &str = "crates/fairway-governance/src/access/verb.rs";

/// Public functions of the service that are no verbs, with the reason. The list may shrink, never grow without a decision.
const NO_VERBS: [(&str, &str); 9] = [
    ("open", "opens the data directory; rights are asked of each verb"),
    ("close", "closes it"),
    ("dir", "names it"),
    ("tracing_by", "wiring"),
    ("acting", "says whose rights count"),
    ("actor", "says whose rights count"),
    ("sign_in", "says who asks; their rights are asked of each verb"),
    ("permissions", "the table itself, which is public"),
    ("specs", "specifications are public, and read where there is no ledger"),
];

/// Public verbs without a declaration, and declarations that no verb makes.
pub fn problems(files: &[File]) -> Vec<String> {
    let verbs: Vec<Function<'_>> =
        files.iter().filter(|file| file.path.starts_with(SERVICE)).flat_map(functions).collect();
    let undeclared = verbs
        .iter()
        .filter(|one| !one.body.contains("Verb::") && !is_no_verb(one.name))
        .map(|one| format!("{}: `{}` declares no Verb; begin it with self.authorise(Verb::…, …)", one.path, one.name));
    let needless = NO_VERBS.iter().filter(|(name, _)| !verbs.is_empty() && !verbs.iter().any(|one| one.name == *name));
    let needless = needless.map(|(name, _)| format!("verbs.rs: there is no `{name}` to except any more"));
    let rows = files.iter().filter(|file| file.path == VERBS).flat_map(|file| rows(&file.text));
    let unused = rows.filter(|row| {
        let named = format!("Verb::{row}");
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
        let holds = |body: &str| body.match_indices(&named).any(|(at, _)| ends(&body[at + named.len()..]));
        !verbs.iter().any(|one| holds(one.body))
    });
    undeclared.chain(needless).chain(unused.map(|row| format!("{VERBS}: no verb of the service is {row}"))).collect()
}

fn is_no_verb(name: &str) -> bool {
    NO_VERBS.iter().any(|(one, _)| *one == name)
}

/// A public function in an `impl Service`.
struct Function<'a> {
    path: &'a str,
    name: &'a str,
    body: &'a str,
}

fn functions(file: &File) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for block in between(&file.text, "\nimpl Service {", "\n}\n") {
        for public in ["\n    pub async fn ", "\n    pub fn "] {
            for text in between(block, public, "\n    }") {
                let name = text.split(['(', '<']).next().unwrap_or_default();
                found.push(Function { path: &file.path, name, body: text });
            }
        }
    }
    found
}

/// Every piece of text that begins after `start` and ends before `end`.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).map(move |rest| rest.split(end).next().unwrap_or_default())
}

fn rows(text: &str) -> Vec<&str> {
    let list = text.split("\n    Verb, ").nth(1).unwrap_or_default();
    list.lines().filter_map(|line| Some(line.trim().split_once(" = \"")?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    const TABLE: &str = "words!(\n    Verb, \"one of\", {\n        /// a\n        Land = \"land\",\n        LandAll = \"all\",\n    }\n);\n";

    #[test]
    fn a_verb_without_a_declaration_and_a_row_without_a_verb_are_found() {
        let service = "\nimpl Service {\n    pub async fn land(&self) -> X {\n        self.authorise(Verb::LandAll, Y).await?;\n    }\n\n    pub async fn quiet(\n        &self,\n    ) -> X {\n        self.land();\n    }\n\n    fn inner(&self) {\n    }\n}\n";
        let found = problems(&[file("crates/fairway-service/src/a.rs", service), file(VERBS, TABLE)]);
        assert!(found[0].contains("`quiet` declares no Verb"), "{found:?}");
        assert!(found.iter().any(|one| one.ends_with("no verb of the service is Land")), "{found:?}");
        assert!(!found.iter().any(|one| one.contains("LandAll")));
    }

    #[test]
    fn every_verb_of_the_workspace_declares_its_permission() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let files = crate::guards::read(&root).unwrap();
        assert!(files.iter().filter(|one| one.path.starts_with(SERVICE)).flat_map(functions).count() > 30);
        assert_eq!(problems(&files), Vec::<String>::new());
    }
}
