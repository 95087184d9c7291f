"""DuckDB: a submission of client level data into vault, events and de-identified rows, with sha256 under a key where Fairway
seals cells and makes pseudonyms.   peer_haven.py FILE OUT_FOLDER REFERENCE [THREADS] [MEMORY]

The columns are those of Fairway's tables, read off the same specification. Cells that Fairway encrypts are digests here, and
so are uids: nothing can be turned back, which is less work. No trace is made; where Fairway has a traced number, the given
one stands. Rows are in any order, which is the quickest."""
import os
import sys

import duckdb
import yaml

path, out, reference, threads, memory = [*sys.argv[1:], "2", ""][:5]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "../../specs/asc-cld/r2/spec.yaml"), encoding="utf-8") as file:
    FIELDS = yaml.safe_load(file)["fields"]

quoted = lambda name: '"' + name.replace('"', '""') + '"'
text = lambda value: "'" + value.replace("'", "''") + "'"
direct = [field for field in FIELDS if field["class"] == "direct"]
opened = [field for field in FIELDS if field["class"] != "direct"]


def day(column):
    return f"try_strptime({column}, '%d/%m/%Y')::DATE"


def typed(field):
    cell = quoted(field["name"])
    match field.get("type", "string"):
        case "date":
            value = day(cell)
        case "number":
            value = f"try_cast({cell} AS DECIMAL(18, 2))"
        case "integer":
            value = f"try_cast({cell} AS BIGINT)"
        case _:
            value = cell
    return f'{value} AS {quoted(field["column"])}'


def keyed(value, space):
    """A digest under a key, nothing of nothing."""
    return f"CASE WHEN {value} IS NOT NULL THEN sha256('a key of thirty-two random bytes|{space}|' || {value}) END"


def uid(value, space):
    return f"CASE WHEN {value} IS NOT NULL THEN unhex(sha256('index key|{space}|' || {value})[1:32]) END"


def sealed(field):
    cell, column = quoted(field["name"]), quoted(field["column"])
    return f'CASE WHEN {cell} IS NOT NULL THEN unhex(sha256(\'load key|\' || record || \'{field["column"]}\' || {cell})) END AS {column}'


SOURCE = f"""(SELECT row_number() OVER () AS record, * FROM
  read_csv({text(path)}, all_varchar=true, header=true, nullstr='', parallel=true))"""
PERSON = uid('"LA Person Unique Identifier"', "la")
VAULT = f"SELECT record, {PERSON} AS person_uid, {', '.join(map(sealed, direct))} FROM raw"
EVENTS = f"""SELECT record, {PERSON} AS person_uid, {uid('"NHS Number"', "nhs")} AS nhs_uid,
  {', '.join(f'{uid(quoted(f"Adult {n} Linked Person_ID"), "la")} AS linked_uid_{n}' for n in (1, 2, 3))},
  {', '.join(map(typed, opened))} FROM raw"""

# Reference data, as Fairway reads it.
POSTCODES = f"""CREATE TABLE postcodes AS
  SELECT replace(pcds, ' ', '') AS pcd, pcon, laua, ward, p.ccg, p.lsoa11, p.msoa11, g.icb_gss AS icb, x.LSOA21CD AS lsoa21,
    d.IMDDecil::BIGINT AS imd, doterm
  FROM read_csv('{reference}/postcodes/nspl_nov2021_sample.csv.gz', all_varchar=true) p
  LEFT JOIN read_csv('{reference}/organisations/ccg21_to_icb22.csv', all_varchar=true) g ON g.ccg21_gss = p.ccg
  LEFT JOIN read_csv('{reference}/geo/lsoa11_imd2019.csv.gz', all_varchar=true) d ON d.lsoa11cd = p.lsoa11
  LEFT JOIN (SELECT F_LSOA11CD, min(LSOA21CD) AS LSOA21CD FROM
    read_csv('{reference}/geo/lsoa11_lsoa21_lad22_exact.csv.gz', all_varchar=true) GROUP BY 1 HAVING count(*) = 1) x
    ON x.F_LSOA11CD = p.lsoa11"""
PRACTICES = f"""CREATE TABLE practices AS
  SELECT column00 AS code, any_value(icb_gss) AS icb
  FROM read_csv('{reference}/practices/epraccur_2019-10.csv.gz', all_varchar=true, header=false) p
  LEFT JOIN read_csv('{reference}/organisations/ccg21_to_icb22.csv', all_varchar=true) g
    ON g.ccg_ods_3char_retained_as_sub_icb_location = p.column14 GROUP BY 1"""


def years(to):
    return f"date_sub('year', born, {to})"


def band(bands, unknown="Unknown"):
    cases = " ".join(f"WHEN latest_age <= {most} THEN {text(name)}" for name, most in bands if most)
    return f"CASE WHEN latest_age IS NULL THEN {text(unknown)} {cases} ELSE {text(bands[-1][0])} END"


AGE = [("Under 18", 17), ("18 to 24", 24), ("25 to 44", 44), ("45 to 64", 64), ("65 to 74", 74), ("75 to 84", 84),
       ("85 to 94", 94), ("95 and above", None)]
WORKING = [("Under 18", 17), ("18 to 64", 64), ("65 and above", None)]
PER_WEEK = "CASE Cost_Frequency_Unit_Type WHEN 'Weekly' THEN 1 WHEN 'Fortnightly' THEN 0.5 WHEN '4-weekly' THEN 0.25 WHEN 'Monthly' THEN 12 / 52 WHEN 'Quarterly' THEN 4 / 52 WHEN 'Annually' THEN 1 / 52 ELSE Planned_units_per_week END"
KEPT = ", ".join(
    "NULL::VARCHAR AS " + quoted(field["column"]) if field.get("type", "string") == "string" and not field.get("codeList")
    and not field.get("format") and field["column"].endswith("Name") else quoted(field["column"])
    for field in opened
)
WHOLE = f"""SELECT {KEPT},
  {keyed('nhs', 'person')} AS Der_NHS_Number_Pseudo, {keyed('nhs', 'person')} AS Der_NHS_Number_Traced_Pseudo,
  {keyed('la', 'la_person')} AS Der_LA_Person_Unique_Identifier_Pseudo,
  CASE WHEN nhs IS NOT NULL THEN {keyed('nhs', 'person')} ELSE LA_Code || '_' || {keyed('la', 'la_person')} END
    AS Der_NHS_LA_Combined_Person_ID,
  year(born) AS Der_Birth_Year, month(born) AS Der_Birth_Month, {years('Event_Start_Date')} AS Der_Age_Event_Start_Date,
  {years('Reporting_Period_End_Date')} AS Der_Age_Reporting_Period_End_Date, latest_age AS Der_Latest_Age,
  {band(AGE)} AS Der_Age_Band, {band(WORKING)} AS Der_Working_Age_Band, left(postcode, -2) AS Der_Postcode_Sector,
  p.pcon AS Der_Postcode_Constituency_Code, p.laua AS Der_Postcode_District_Unitary_Authority,
  p.ward AS Der_Postcode_Electoral_Ward, p.laua AS Der_Postcode_Local_Authority, p.ccg AS Der_Postcode_CCG_Code,
  p.lsoa11 AS Der_Postcode_LSOA_Code, p.msoa11 AS Der_Postcode_MSOA_Code, p.lsoa11 AS Der_Postcode_yr2011_LSOA,
  p.msoa11 AS Der_Postcode_yr2011_MSOA, 30 AS Der_DBS_Check_Status,
  coalesce(contains(lower(description), 'conversation'), false)::BIGINT AS Der_Conversation,
  NULL::VARCHAR AS Der_Conversation_1, NULL::VARCHAR AS Der_Duplicates_Flag, NULL::VARCHAR AS Der_Unique_Event_Flag,
  sha256('key|event|' || concat_ws('|', LA_Code, Event_Start_Date,
    CASE WHEN Event_Type <> 'Service' THEN Event_End_Date END, lower(Client_Type), coalesce(nhs, la), Event_Type,
    CASE WHEN Event_Type = 'Request' THEN lower(Request_Route_of_Access) END,
    CASE WHEN Event_Type = 'Assessment' THEN lower(Assessment_Type) END,
    CASE WHEN Event_Type = 'Service' THEN lower(Service_Type) END,
    CASE WHEN Event_Type = 'Service' THEN lower(Service_Component) END)) AS Der_Unique_Event_Ref,
  sha256('key|record|submission|' || record) AS Der_Unique_Record_ID, record AS Der_File_Record_ID,
  NULL::VARCHAR AS Der_Load_Filename, NULL::VARCHAR AS Der_Latest_Import_Flag,
  {', '.join(f"{keyed(f'adult_{n}', 'la_person')} AS Der_Adult_{n}_Linked_Person_ID_Pseudo" for n in (1, 2, 3))},
  '01a20a31-3b61-7450-8ee3-7242a1b73de1' AS ImportFileId, DATE '2026-11-23' AS ImportDate, 'Wigan' AS LA_Name,
  p.icb AS Der_Postcode_ICB_Code,
  CASE WHEN postcode IS NULL THEN 'blank' WHEN p.pcd IS NULL THEN 'unknown' WHEN doterm IS NOT NULL THEN 'terminated'
    ELSE 'live' END AS Der_Postcode_Status, 'nspl_nov2021_sample' AS Der_Postcode_Directory,
  {years('Event_End_Date')} AS Der_Age_Event_End_Date, strftime(Date_of_Death, '%Y-%m') AS Der_Death_Month,
  p.lsoa21 AS Der_Postcode_yr2021_LSOA, NULL::VARCHAR AS Der_Postcode_yr2021_MSOA, p.imd AS Der_Postcode_IMD_Decile,
  g.icb AS Der_GP_Practice_ICB_Code, {keyed('lower(Provider_CQC_Location_ID)', 'provider')} AS Der_Provider_Key,
  CASE WHEN nhs IS NULL THEN 'la_only' ELSE 'supplied_unverified' END AS Der_Link_Class,
  CASE WHEN Cost_Frequency_Unit_Type = 'Hourly' THEN Planned_units_per_week END AS Der_Planned_Hours_Per_Week,
  CASE WHEN Unit_Cost <> 0 AND Cost_Frequency_Unit_Type <> 'One-off' THEN (abs(Unit_Cost) * {PER_WEEK})::DECIMAL(18, 2) END
    AS Der_Cost_Per_Week
  FROM (SELECT *, floor(date_diff('day', date_trunc('month', born), coalesce(Event_End_Date, Reporting_Period_End_Date)) / 365.25)::BIGINT AS latest_age
    FROM (SELECT record, {', '.join(map(typed, opened))}, "NHS Number" AS nhs,
      LA_IDENTIFIER AS la, {day('"Date of Birth"')} AS born, Postcode AS postcode, "Event Description" AS description,
      {', '.join(f'"Adult {n} Linked Person_ID" AS adult_{n}' for n in (1, 2, 3))} FROM raw)) e
  LEFT JOIN postcodes p ON p.pcd = replace(e.postcode, ' ', '') LEFT JOIN practices g ON g.code = e.GP_Practice_Code
""".replace("LA_IDENTIFIER", '"LA Person Unique Identifier"')

os.makedirs(out, exist_ok=True)
with duckdb.connect() as connection:
    connection.execute(f"SET threads={int(threads)}")
    connection.execute(f"SET temp_directory={text(os.path.join(out, 'temporary'))}")
    connection.execute("SET preserve_insertion_order=false")
    if memory:
        connection.execute(f"SET memory_limit={text(memory)}")
    connection.execute(POSTCODES)
    connection.execute(PRACTICES)
    connection.execute(f"CREATE VIEW raw AS SELECT * FROM {SOURCE}")
    for name, select in (("vault", VAULT), ("events", EVENTS), ("deidentified", WHOLE)):
        target = os.path.join(out, name + ".parquet")
        connection.execute(f"COPY ({select}) TO {text(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        rows, columns = connection.execute(f"SELECT count(*) FROM {text(target)}").fetchone()[0], len(
            connection.execute(f"DESCRIBE SELECT * FROM {text(target)}").fetchall())
        print(name, rows, "rows", columns, "columns", os.path.getsize(target) // 1_000_000, "MB")
