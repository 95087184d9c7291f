//! A JSON object that remembers which of its keys were looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// An object under reading.
pub(super) struct Keys<'v> {
    object: &'v Map<String, Value>,
    seen: RefCell<BTreeSet<&'v str>>,
}

impl<'v> Keys<'v> {
    /// Reads an object; nothing where the value is none.
    pub(super) fn of(value: &'v Value) -> Option<Self> {
        Some(Self { object: value.as_object()?, seen: RefCell::default() })
    }

    /// The value of a key; nothing where it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value> {
        let (key, value) = self.object.get_key_value(key)?;
        self.seen.borrow_mut().insert(key);
        Some(value).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'v str>, String> {
        self.typed(key, "a text", Value::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, String> {
        self.typed(key, "true or false", Value::as_bool)
    }

    pub(super) fn count(&self, key: &str) -> Result<Option<usize>, String> {
        self.typed(key, "a whole number", |value| usize::try_from(value.as_u64()?).ok())
    }

    pub(super) fn list(&self, key: &str) -> Result<Option<&'v Vec<Value>>, String> {
        self.typed(key, "a list", Value::as_array)
    }

    /// A list of scalars as texts.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, String> {
        let Some(list) = self.list(key)? else { return Ok(None) };
        let texts = list.iter().map(scalar).collect::<Option<Vec<String>>>();
        texts.map(Some).ok_or_else(|| format!("`{key}` is not a list of values"))
    }

    fn typed<T>(&self, key: &str, kind: &str, read: impl Fn(&'v Value) -> Option<T>) -> Result<Option<T>, String> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| format!("`{key}` is not {kind}")),
        }
    }

    /// Keys that nothing asked for and that are none of `idle`, which say nothing about values.
    pub(super) fn rest(&self, idle: &[&str]) -> Vec<&'v str> {
        let seen = self.seen.borrow();
        let keys = self.object.keys().map(String::as_str);
        keys.filter(|key| !seen.contains(key) && !idle.contains(key)).collect()
    }
}

/// A scalar as it would be written in a cell.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
