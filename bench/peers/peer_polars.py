"""Polars, lazily: one expression a rule.   peer_polars.py FILE FINDINGS [auto|streaming]"""
import sys

import polars as pl

from cld57 import COLUMNS, DATES, ISO_DATE, LISTS, MANDATORY, NUMBER, NUMBERS, POSTCODE

path, out, engine = [*sys.argv[1:], "auto"][:3]
frame = pl.scan_csv(path, schema={c: pl.String for c in COLUMNS}, row_index_name="row", row_index_offset=1)
col = pl.col
day = {c: col(c).str.to_date("%Y-%m-%d", strict=False) for c in DATES}

broken = {(c, "missing"): col(c).is_null() for c in MANDATORY}
broken |= {(c, "code"): col(c).is_not_null() & ~col(c).is_in(values) for c, values in LISTS.items()}
broken |= {(c, "date"): col(c).is_not_null() & (day[c].is_null() | ~col(c).str.contains(ISO_DATE)) for c in DATES}
broken |= {(c, "number"): col(c).is_not_null() & ~col(c).str.contains(NUMBER) for c in NUMBERS}
broken["Postcode", "postcode"] = col("Postcode").is_not_null() & ~col("Postcode").str.contains(POSTCODE)
number = col("NHS_Number")
weighted = sum((10 - i) * number.str.slice(i, 1).cast(pl.Int32, strict=False) for i in range(9))
agrees = (11 - weighted % 11) % 11 == number.str.slice(9, 1).cast(pl.Int32, strict=False)
broken["NHS_Number", "checksum"] = number.is_not_null() & (~agrees | (number.str.len_bytes() != 10)).fill_null(True)
broken["Service_Type", "required"] = (col("Event_Type") == "Service") & col("Service_Type").is_null()
broken["Service_Type", "inapplicable"] = (col("Event_Type") != "Service") & col("Service_Type").is_not_null()
broken["Event_End_Date", "order"] = day["Event_End_Date"] < day["Event_Start_Date"]
broken["Date_of_Birth", "order"] = day["Date_of_Birth"] > day["Event_Start_Date"]
reference = col("Event_Reference")
broken["Event_Reference", "duplicate"] = reference.is_not_null() & ~reference.is_first_distinct()

names = [f"e{at}" for at in range(len(broken))]
rows = frame.select("row", *[rule.fill_null(False).alias(name) for name, rule in zip(names, broken.values())])
rows = rows.filter(pl.any_horizontal(names)).collect(engine=engine)
found = [
    rows.filter(col(name)).select("row", pl.lit(column).alias("column"), pl.lit(rule).alias("rule"))
    for name, (column, rule) in zip(names, broken)
]
pl.concat(found).write_csv(out)
