//! The whole table for reading: as Markdown, as HTML, and as CSV with one line a cell.

use std::fmt::Write;

use super::document::{Apart, Conflict};
use super::{Permissions, Role, Scope, Verb};

impl Permissions {
    /// One line for each verb and role, with the reason: `verb,what,role,scope,why`.
    pub fn as_csv(&self) -> String {
        let mut out = String::from("verb,what,role,scope,why\n");
        for row in &self.document.verbs {
            for role in Role::ALL {
                let cell = self.cell(*role, row.verb);
                let line = [row.verb.as_str(), &row.what, role.as_str(), cell.scope.as_str(), cell.why].map(quoted);
                out.push_str(&line.join(","));
                out.push('\n');
            }
        }
        out
    }

    /// For an information-governance lead to read and approve.
    pub fn as_markdown(&self) -> String {
        let mut out = String::from("# Who may do what\n\n");
        out.push_str(INTRODUCTION);
        self.head(&mut out);
        out.push_str("## The table\n\n| what | verb |");
        self.document.roles.iter().for_each(|row| put(&mut out, format_args!(" {} |", row.title)));
        out.push_str("\n|---|---|");
        self.document.roles.iter().for_each(|_| out.push_str("---|"));
        out.push('\n');
        for row in &self.document.verbs {
            put(&mut out, format_args!("| {} | `{}` |", row.what, row.verb));
            self.scopes(row.verb).for_each(|scope| put(&mut out, format_args!(" {} |", word(scope))));
            out.push('\n');
        }
        out.push_str("\n## The reasons\n");
        for row in &self.document.verbs {
            put(&mut out, format_args!("\n**{}** (`{}`)", row.what, row.verb));
            out.push_str(if self.is_secret(row.verb) { ", others’ as if they were not there\n" } else { "\n" });
            let rights = row.any.iter().map(|right| ("any", right)).chain(row.own.iter().map(|right| ("own", right)));
            for (scope, (role, why)) in rights {
                put(&mut out, format_args!("- {}, {scope}: {why}\n", self.title(*role)));
            }
            put(&mut out, format_args!("- nobody else: {}\n", row.none));
        }
        out
    }

    /// The same table as one page without script or style from elsewhere.
    pub fn as_html(&self) -> String {
        let mut out = String::from(HTML_HEAD);
        put(&mut out, format_args!("<p>{} ({})</p>\n", escaped(&self.document.source), self.document.confidence));
        out.push_str(
            "<table>\n<caption>Rights by what is asked and by role</caption>\n<thead><tr><th scope=\"col\">What</th>",
        );
        for row in &self.document.roles {
            put(&mut out, format_args!("<th scope=\"col\">{}</th>", escaped(&row.title)));
        }
        out.push_str("<th scope=\"col\">Why nobody else</th></tr></thead>\n<tbody>\n");
        for row in &self.document.verbs {
            put(
                &mut out,
                format_args!("<tr><th scope=\"row\">{}<br><code>{}</code></th>", escaped(&row.what), row.verb),
            );
            for role in &self.document.roles {
                let cell = self.cell(role.role, row.verb);
                let why = if cell.scope == Scope::None { "" } else { cell.why };
                put(&mut out, format_args!("<td><b>{}</b> {}</td>", word(cell.scope), escaped(why)));
            }
            put(&mut out, format_args!("<td>{}</td></tr>\n", escaped(&row.none)));
        }
        out.push_str("</tbody>\n</table>\n</html>\n");
        out
    }

    fn head(&self, out: &mut String) {
        let Self { document } = self;
        put(out, format_args!("Source: {}. Confidence: {}.\n\n## Roles\n\n", document.source, document.confidence));
        out.push_str("| role | word | for what | granted by |\n|---|---|---|---|\n");
        for row in &document.roles {
            let granters: Vec<&str> = row.granted_by.iter().map(|role| self.title(*role)).collect();
            let by = if granters.is_empty() { "nobody: a machine’s".into() } else { granters.join(", ") };
            put(out, format_args!("| {} | `{}` | {} | {by} |\n", row.title, row.role, row.what));
        }
        out.push_str("\n## Roles that no person has together\n\n");
        for Conflict { one, other, why } in &document.conflicts {
            let titles = |roles: &[Role]| roles.iter().map(|role| self.title(*role)).collect::<Vec<_>>().join(", ");
            put(out, format_args!("- {} with {}. {why}.\n", titles(one), titles(other)));
        }
        out.push_str("\n## Acts that no person does both of about the same thing\n\n");
        for Apart { one, other, why } in &document.apart {
            let words = |acts: &[Verb]| acts.iter().map(|verb| format!("`{verb}`")).collect::<Vec<_>>().join(", ");
            put(out, format_args!("- {} with {}. {why}.\n", words(one), words(other)));
        }
        out.push('\n');
    }

    fn scopes(&self, verb: Verb) -> impl Iterator<Item = Scope> {
        self.document.roles.iter().map(move |row| self.cell(row.role, verb).scope)
    }
}

const INTRODUCTION: &str = "Written by `fairway access matrix`; a test holds it against `specs/governance/permissions.yaml`.\n\
**any**: about every organisation’s. **own**: about the person’s own organisation’s alone. **–**: refused, as is \
whatever is not in the table.\n\n";

const HTML_HEAD: &str = "<!doctype html>\n<html lang=\"en-GB\">\n<meta charset=\"utf-8\">\n<title>Who may do what</title>\n\
<style>body{font:1rem/1.4 sans-serif;margin:1rem}table{border-collapse:collapse}th,td{border:1px solid #767676;\
padding:.25rem .5rem;vertical-align:top;text-align:left}caption{font-weight:bold;text-align:left}</style>\n\
<h1>Who may do what</h1>\n";

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A String takes whatever is written to it.
    let _written = out.write_fmt(text);
}

fn word(scope: Scope) -> &'static str {
    if scope == Scope::None { "–" } else { scope.as_str() }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
