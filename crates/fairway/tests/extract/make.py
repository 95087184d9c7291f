"""Makes the Parquet files of this folder, of made-up people: the same rows as in ../it/extract.rs. Needs polars."""

import datetime
import pathlib

import polars

HERE = pathlib.Path(__file__).parent
PEOPLE = {
    # Numbers, codes and days as a warehouse keeps them, not as text.
    "nhs_number": [9990000018, 9990000026, 9990000034],
    "given_name": ["SIAN", "MARK", "ROSE"],
    "other_given_names": ["MAIR", None, None],
    "family_name": ["JONES", "O'BRIEN", "HIDDEN"],
    "gender": [2, 1, 2],
    "date_of_birth": ["19450312", "196208", "19790601"],
    "date_of_death": [datetime.date(2020, 4, 1), None, None],
    "postcode": ["LE15 6AA", "NG23 5SX", "TR19 7AA"],
    "gp_practice": ["C82001", "C84001", "L82001"],
    "sensitive": [None, "", "S"],
    "address_line1": ["5 HIGH STREET, FLAT 2", "7 MILL LANE", "9 SECRET ROAD"],
    "posting": ["QK1", None, "QT6"],
    "posting_date": [datetime.date(2013, 4, 1), None, datetime.date(2022, 7, 1)],
}
HISTORY = {
    "nhs_number": [9990000018, 9990000018],
    "field": ["family_name", "postcode"],
    "value": ["PRICE", "CF10 1EP"],
}
SUPERSEDED = {"old_nhs_number": [9990000042], "nhs_number": [9990000026]}
for name, table in [("register", PEOPLE), ("history", HISTORY), ("superseded", SUPERSEDED)]:
    polars.DataFrame(table).write_parquet(HERE / f"{name}.parquet", compression="zstd")
