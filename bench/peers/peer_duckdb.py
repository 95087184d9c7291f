"""DuckDB: the file loaded as text, one SELECT a rule, united.   peer_duckdb.py FILE FINDINGS [THREADS]"""
import sys

import duckdb

from cld57 import DATES, ISO_DATE, LISTS, MANDATORY, NUMBER, NUMBERS, POSTCODE

path, out, threads = [*sys.argv[1:], "2"][:3]
text = lambda value: "'" + value.replace("'", "''") + "'"
broken = [(c, "missing", f'"{c}" IS NULL') for c in MANDATORY]
broken += [(c, "code", f'"{c}" NOT IN ({",".join(map(text, values))})') for c, values in LISTS.items()]
broken += [
    (c, "date", f'"{c}" IS NOT NULL AND (NOT regexp_matches("{c}", {text(ISO_DATE)}) OR try_cast("{c}" AS DATE) IS NULL)')
    for c in DATES
]
broken += [(c, "number", f'NOT regexp_matches("{c}", {text(NUMBER)})') for c in NUMBERS]
broken.append(("Postcode", "postcode", f"NOT regexp_matches(Postcode, {text(POSTCODE)})"))
weighted = "+".join(f"({10 - i} * try_cast(substr(NHS_Number, {i + 1}, 1) AS INT))" for i in range(9))
differs = f"((11 - (({weighted}) % 11)) % 11) <> try_cast(substr(NHS_Number, 10, 1) AS INT)"
broken.append(("NHS_Number", "checksum", f"NHS_Number IS NOT NULL AND coalesce({differs} OR length(NHS_Number) <> 10, true)"))
broken.append(("Service_Type", "required", "Event_Type = 'Service' AND Service_Type IS NULL"))
broken.append(("Service_Type", "inapplicable", "Event_Type <> 'Service' AND Service_Type IS NOT NULL"))
start = "try_cast(Event_Start_Date AS DATE)"
broken.append(("Event_End_Date", "order", f"try_cast(Event_End_Date AS DATE) < {start}"))
broken.append(("Date_of_Birth", "order", f"try_cast(Date_of_Birth AS DATE) > {start}"))

parts = [f'SELECT "row", {text(c)} AS "column", {text(rule)} AS rule FROM t WHERE {where}' for c, rule, where in broken]
parts.append(
    """SELECT "row", 'Event_Reference', 'duplicate' FROM (
         SELECT "row", row_number() OVER (PARTITION BY Event_Reference ORDER BY "row") AS nth
         FROM t WHERE Event_Reference IS NOT NULL) WHERE nth > 1"""
)
with duckdb.connect() as connection:
    connection.execute(f"SET threads={int(threads)}")
    source = f"read_csv({text(path)}, all_varchar=true, header=true, nullstr='')"
    connection.execute(f'CREATE TABLE t AS SELECT row_number() OVER () AS "row", * FROM {source}')
    connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO {text(out)} (HEADER)")
