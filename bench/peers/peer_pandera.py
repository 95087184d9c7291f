"""Pandera over Polars, lazily, so that it collects every failure.   peer_pandera.py FILE FINDINGS

Its rules on whole rows name no column, and of a repeated reference it names the first one too.
"""
import sys

import pandera.polars as pa
import polars as pl

from cld57 import COLUMNS, DATES, ISO_DATE, LISTS, MANDATORY, NUMBER, NUMBERS, POSTCODE

path, out = sys.argv[1:3]
day = lambda c: pl.col(c).str.to_date("%Y-%m-%d", strict=False)


def real_day(data):
    value = pl.col(data.key)
    return data.lazyframe.select(value.is_null() | value.str.to_date("%Y-%m-%d", strict=False).is_not_null())


def check_digit(data):
    number = pl.col(data.key)
    weighted = sum((10 - i) * number.str.slice(i, 1).cast(pl.Int32, strict=False) for i in range(9))
    agrees = (11 - weighted % 11) % 11 == number.str.slice(9, 1).cast(pl.Int32, strict=False)
    return data.lazyframe.select(number.is_null() | agrees)


def checks_of(column):
    if column in LISTS:
        yield pa.Check.isin(LISTS[column])
    if column in DATES:
        yield pa.Check.str_matches(ISO_DATE)
        yield pa.Check(real_day, name="date")
    if column in NUMBERS:
        yield pa.Check.str_matches(NUMBER)
    if column == "Postcode":
        yield pa.Check.str_matches(POSTCODE)
    if column == "NHS_Number":
        yield pa.Check(check_digit, name="checksum")


def whole_row(expression, name):
    return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(True)), name=name)


is_service = pl.col("Event_Type") == "Service"
schema = pa.DataFrameSchema(
    {c: pa.Column(str, list(checks_of(c)), nullable=c not in MANDATORY, unique=c == "Event_Reference") for c in COLUMNS},
    checks=[
        whole_row(~is_service | pl.col("Service_Type").is_not_null(), "required"),
        whole_row(is_service | pl.col("Service_Type").is_null(), "inapplicable"),
        whole_row(day("Event_End_Date") >= day("Event_Start_Date"), "end order"),
        whole_row(day("Date_of_Birth") <= day("Event_Start_Date"), "birth order"),
    ],
)
try:
    schema.validate(pl.read_csv(path, schema={c: pl.String for c in COLUMNS}), lazy=True)
    failures = pl.DataFrame({"row": [], "column": [], "rule": []})
except pa.errors.SchemaErrors as errors:
    failures = errors.failure_cases.select(
        (pl.col("index").cast(pl.Int64) + 1).alias("row"),
        pl.when(pl.col("schema_context") == "Column").then(pl.col("column")).otherwise(pl.lit("")).alias("column"),
        pl.col("check").alias("rule"),
    )
failures.write_csv(out)
