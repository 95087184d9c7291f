//! Keys within a table.

use serde_json::Value;

use super::Remarks;
use super::keys::{Keys, scalar};
use crate::model::{Field, Rule};
use crate::{Condition, unique};

/// Turns keys into rules.
pub(super) struct Relations<'a> {
    pub(super) fields: &'a mut [Field],
    pub(super) rules: &'a mut Vec<Rule>,
    pub(super) remarks: &'a mut Remarks,
}

impl Relations<'_> {
    /// Reads the primary key, unique keys and foreign keys of a schema.
    ///
    /// # Errors
    /// When one names a field that is not there, or is not written as a key.
    pub(super) fn read(&mut self, schema: &Keys<'_>) -> Result<(), String> {
        if let Some(value) = schema.get("primaryKey") {
            let places = self.places("primaryKey", value)?;
            for place in &places {
                if let Some(field) = self.fields.get_mut(*place) {
                    field.mandatory = Condition::Always;
                }
            }
            self.key("primary-key", &places);
        }
        for value in schema.list("uniqueKeys")?.into_iter().flatten() {
            let places = self.places("uniqueKeys", value)?;
            self.key("unique-key", &places);
        }
        for value in schema.list("foreignKeys")?.into_iter().flatten() {
            self.foreign(value)?;
        }
        Ok(())
    }

    fn key(&mut self, id: &str, places: &[usize]) {
        let fields: Vec<&Field> = places.iter().filter_map(|place| self.fields.get(*place)).collect();
        unique::key(id, &fields, self.rules);
    }

    /// Where the fields lie that a name or a list of names stands for.
    fn places(&self, key: &str, value: &Value) -> Result<Vec<usize>, String> {
        let names: Option<Vec<String>> = match value {
            Value::Array(names) => names.iter().map(scalar).collect(),
            name => scalar(name).map(|name| vec![name]),
        };
        let names = names.filter(|names| !names.is_empty()).ok_or_else(|| format!("`{key}` names no fields"))?;
        let place = |name: &String| self.fields.iter().position(|field| field.header == *name);
        names.iter().map(|name| place(name).ok_or_else(|| format!("`{key}` names {name}, which is no field"))).collect()
    }

    fn foreign(&mut self, value: &Value) -> Result<(), String> {
        let own = Keys::of(value).ok_or("a foreign key is not an object")?;
        let from = self.places("foreignKeys", own.get("fields").unwrap_or(&Value::Null))?;
        let reference = own.get("reference").and_then(Keys::of).ok_or("a foreign key has no reference")?;
        let resource = reference.text("resource")?.unwrap_or_default();
        if !matches!(resource, "" | "self") {
            self.remarks.add(format!("the foreign key to {resource} is not looked at: it lies in another file"));
            return Ok(());
        }
        let to = self.places("reference", reference.get("fields").unwrap_or(&Value::Null))?;
        match (from.as_slice(), to.as_slice()) {
            ([from], [to]) => {
                if let (Some(from), Some(to)) = (self.fields.get(*from), self.fields.get(*to)) {
                    unique::reference(from, to, self.rules);
                }
                Ok(())
            }
            (from, to) if from.len() == to.len() => {
                self.remarks.add("a foreign key of several fields is not looked at".into());
                Ok(())
            }
            _ => Err("a foreign key has as many fields as it refers to".into()),
        }
    }
}
