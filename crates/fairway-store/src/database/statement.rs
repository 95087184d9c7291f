use sqlx::any::AnyArguments;
use sqlx::query::{Query, QueryAs};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, Type};

use super::Db;

/// A statement put together piece by piece, for lists whose length is known only at run time.
///
/// sqlx's own builder writes `?` where the database is chosen at run time, and PostgreSQL takes `$1` alone.
pub(crate) struct Statement {
    text: String,
    values: AnyArguments,
    bound: usize,
}

impl Statement {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: AnyArguments::default(), bound: 0 }
    }

    /// SQL as it stands.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// The place of one value, `$3`, and the value.
    pub(crate) fn bind<'v>(&mut self, value: impl Encode<'v, Db> + Type<Db>) -> &mut Self {
        self.bound += 1;
        self.text.push('$');
        self.text.push_str(&self.bound.to_string());
        // Words, bytes and numbers can always be encoded; a value that could not be would be missed by the database.
        let _added = self.values.add(value);
        self
    }

    /// `($3, $4, $5)`; of no values `(NULL)`, which nothing is in.
    pub(crate) fn list<'v, V: Encode<'v, Db> + Type<Db>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let before = self.bound;
        self.push("(");
        for value in values {
            self.comma(before).bind(value);
        }
        self.push(if self.bound == before { "NULL)" } else { ")" })
    }

    /// `($1, $2), ($3, $4)`: a row for each of `all`, of the values that `fill` gives it.
    pub(crate) fn rows<T>(&mut self, all: &[T], mut fill: impl FnMut(&mut Row<'_>, &T)) -> &mut Self {
        for (number, one) in all.iter().enumerate() {
            self.push(if number == 0 { "(" } else { ", (" });
            let before = self.bound;
            fill(&mut Row { statement: self, before }, one);
            self.push(")");
        }
        self
    }

    fn comma(&mut self, before: usize) -> &mut Self {
        if self.bound > before { self.push(", ") } else { self }
    }

    pub(crate) fn query(self) -> Query<'static, Db, AnyArguments> {
        sqlx::query_with(AssertSqlSafe(self.text), self.values)
    }

    pub(crate) fn query_as<O>(self) -> QueryAs<'static, Db, O, AnyArguments>
    where
        O: for<'r> FromRow<'r, sqlx::any::AnyRow>,
    {
        sqlx::query_as_with(AssertSqlSafe(self.text), self.values)
    }
}

/// One row of values of a [`Statement`].
pub(crate) struct Row<'s> {
    statement: &'s mut Statement,
    before: usize,
}

impl Row<'_> {
    pub(crate) fn value<'v>(&mut self, value: impl Encode<'v, Db> + Type<Db>) -> &mut Self {
        self.statement.comma(self.before).bind(value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_through_values_lists_and_rows() {
        let mut statement = Statement::new("a = ");
        statement.bind("x").push(" IN ").list([1_i64, 2]).push(" VALUES ");
        statement.rows(&["r", "s"], |row, word| {
            row.value(*word).value(7_i64);
        });
        assert_eq!(statement.text, "a = $1 IN ($2, $3) VALUES ($4, $5), ($6, $7)");
        assert_eq!(statement.values.len(), 7);
    }

    #[test]
    fn a_list_of_nothing_holds_nothing() {
        let mut statement = Statement::new("a IN ");
        statement.list(std::iter::empty::<&str>());
        assert_eq!(statement.text, "a IN (NULL)");
    }
}
