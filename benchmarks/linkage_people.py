"""Invent identities for the linkage benchmark: households, twins, moves, slips of the pen.

Written in SQL so that fifteen million rows take a minute. Shares are those of the published
figures where there are any and plainly invented elsewhere; see docs/explanation/linkage.md.
"""

# ruff: noqa: SIM905, E501 - words in a row read better than a list of quotes
from __future__ import annotations

from pathlib import Path

import duckdb

BOYS = """Oliver George Harry Jack Jacob Noah Charlie Muhammad Thomas Oscar William James Leo Alfie
Henry Joshua Freddie Ethan Archie Isaac Joseph Alexander Samuel Daniel Logan Edward Lucas Max
Mohammed Benjamin Mason Harrison Theo Jake Sebastian Finley Arthur Adam Dylan Riley Zachary David
Teddy Michael Matthew Peter John Robert Richard Christopher Anthony Andrew Paul Mark Stephen Steven
Kevin Gary Alan Brian Keith Graham Ian Colin Nigel Barry Roger Trevor Derek Ronald Kenneth Dennis
Raymond Frank Albert Ernest Stanley Leonard Walter Frederick Patrick Simon Jonathan Nicholas Philip
Gareth Craig Lee Darren Wayne Stuart Neil Scott Jamie Ryan Liam Connor Callum Kieran Ahmed Ali Omar
Imran Raj Arjun Wei Tomasz Piotr""".split()
GIRLS = """Olivia Amelia Isla Ava Emily Isabella Mia Poppy Ella Lily Jessica Sophie Grace Sophia
Evie Alice Ruby Charlotte Daisy Freya Florence Phoebe Evelyn Sienna Rosie Millie Eva Chloe Elsie
Matilda Erin Ivy Harriet Emma Lucy Hannah Megan Bethany Rebecca Lauren Amy Katie Rachel Laura Sarah
Claire Nicola Karen Susan Linda Christine Margaret Patricia Jacqueline Julie Tracey Sharon Deborah
Helen Jane Elizabeth Mary Joan Jean Dorothy Sheila Barbara Maureen Joyce Brenda Pamela Ann Carol
Janet Judith Gillian Wendy Victoria Catherine Katherine Jennifer Samantha Michelle Lisa Joanne
Donna Kelly Stacey Gemma Natalie Zoe Aisha Fatima Zainab Priya Mei Agnieszka Katarzyna Edna Doris
Gladys Hilda Winifred Ethel""".split()
SURNAMES = """Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson
Thompson Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood
Turner Martin Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen James Scott
Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter Richardson
Bailey Collins Bell Shaw Murphy Miller Cox Khan Richards Marshall Simpson Anderson Singh Begum Ali
Kaur Hussain Ahmed O'Brien O'Neill""".split()
HEADS = """Ash Black Brad Brom Bur Carl Chad Clif Crow Dal Dun East El Fair Far Glad Gran Had Ham
Har Hat Hay Hol Horn Kirk Lang Lin Lock Long Marl May Mel Mid Mil New Nor Oak Old Pem Pres Rad Raw
Red Rock Ros Rush Sand Shef Sher Stan Stock Sut Thorn Til Wal War Wat West Whit Win Wood Wyn
""".split()
TAILS = """bury by church combe cote croft den don dale field ford gate ham head hurst ing land
ley low man mere more mouth ridge shaw side stead stone ton wall well wick wood worth yard""".split()
STREETS = [f"{a} {b}" for a in ("High", "Church", "Station", "Victoria", "Mill", "Park", "London",
           "Manor", "Grange", "Queens", "Kings", "Green", "North", "South", "Chapel", "School",
           "York", "Windsor", "Albert", "Springfield") for b in ("Street", "Road", "Lane", "Close",
           "Avenue", "Drive", "Way", "Gardens")]  # fmt: skip
SHORT = [("William", "Bill"), ("Robert", "Bob"), ("Elizabeth", "Liz"), ("Margaret", "Peggy"),
         ("Katherine", "Kate"), ("Catherine", "Cathy"), ("Michael", "Mike"), ("Thomas", "Tom"),
         ("Christopher", "Chris"), ("Alexander", "Alex"), ("Samuel", "Sam"), ("Daniel", "Dan"),
         ("Matthew", "Matt"), ("Anthony", "Tony"), ("Patricia", "Pat"), ("Jennifer", "Jenny"),
         ("Susan", "Sue"), ("Deborah", "Debbie"), ("Victoria", "Vicky"), ("Rebecca", "Becky"),
         ("Joshua", "Josh"), ("Benjamin", "Ben"), ("Joseph", "Joe"), ("Edward", "Ted"),
         ("Richard", "Dick"), ("James", "Jim"), ("Andrew", "Andy"), ("Stephen", "Steve"),
         ("Nicholas", "Nick"), ("Frederick", "Fred"), ("Samantha", "Sam"), ("Jacqueline", "Jackie"),
         ]  # fmt: skip

# partner, patients for each person, share without NHS number, writes in capitals,
# share with no postcode, slip rate for each field
PARTNERS = [
    ("GPX", 1.0, 0.005, False, 0.002, 0.004),
    ("RZ1", 1.3, 0.03, True, 0.01, 0.010),
    ("RZ2", 0.8, 0.05, False, 0.01, 0.010),
    ("RZC", 0.7, 0.04, True, 0.02, 0.012),
    ("RZA", 0.6, 0.25, True, 0.06, 0.025),
    ("CCL", 0.4, 0.40, False, 0.03, 0.020),
]


def _names(connection: duckdb.DuckDBPyConnection) -> None:
    """Forenames and surnames by rank; a name's share falls with its rank."""
    surnames = SURNAMES + [head + tail for tail in TAILS for head in HEADS]
    for table, words in (
        ("boys", BOYS), ("girls", GIRLS), ("surnames", surnames), ("streets", STREETS),
    ):  # fmt: skip
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (i BIGINT, v VARCHAR)")
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", list(enumerate(words)))
    connection.execute("CREATE OR REPLACE TEMP TABLE short (long VARCHAR, v VARCHAR)")
    connection.executemany("INSERT INTO short VALUES (?, ?)", SHORT)


def _macros(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP MACRO r(p, salt) AS
            (hash({seed}, p, salt) % 1000000007)::DOUBLE / 1000000007.0;
        CREATE OR REPLACE TEMP MACRO rank_of(u, n) AS CAST(floor(n * pow(u, 2.2)) AS BIGINT);
        CREATE OR REPLACE TEMP MACRO slip(s, u, k) AS CASE CAST(floor(u * 4) AS INT)
            WHEN 0 THEN substr(s, 1, k) || substr(s, k + 2)
            WHEN 1 THEN substr(s, 1, k) || chr(97 + k) || substr(s, k + 1)
            WHEN 2 THEN substr(s, 1, k - 1) || substr(s, k + 1, 1) || substr(s, k, 1)
                 || substr(s, k + 2)
            ELSE substr(s, 1, k) || 'e' || substr(s, k + 2) END;
        CREATE OR REPLACE TEMP MACRO check_digit(n) AS (
            11 - (10 * (n // 100000000 % 10) + 9 * (n // 10000000 % 10)
            + 8 * (n // 1000000 % 10) + 7 * (n // 100000 % 10) + 6 * (n // 10000 % 10)
            + 5 * (n // 1000 % 10) + 4 * (n // 100 % 10) + 3 * (n // 10 % 10)
            + 2 * (n % 10)) % 11) % 11;
        CREATE OR REPLACE TEMP MACRO postcode_of(q) AS
            'ZX' || (1 + q // 40000 % 90)::VARCHAR || ' ' || (q // 4000 % 10)::VARCHAR
            || chr(65 + CAST(q // 200 % 20 AS INT)) || chr(65 + CAST(q // 10 % 20 AS INT));
        """
    )


def _people(connection: duckdb.DuckDBPyConnection, people: int) -> None:
    """People in households: a surname, a place and a telephone shared; some twins."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE people AS
        WITH p AS (
            SELECT i AS person, i // 3 + CASE WHEN r(i, 1) < 0.25 THEN 10000000 + i ELSE 0 END
                       AS household,
                   r(i, 2) < 0.013 AND i % 3 > 0 AS is_twin, r(i, 3) < 0.5 AS is_female
            FROM range({people}) t(i)
        ), q AS (
            SELECT *, CASE WHEN is_twin THEN person - 1 ELSE person END AS born_with,
                   CASE WHEN is_twin THEN (person - 1) // 3 ELSE household END AS home
            FROM p
        )
        SELECT person, is_female, is_twin,
            DATE '2025-12-31' - CAST(floor(33000 * pow(r(born_with, 4), 1.1)) AS INT)
                AS birth_date,
            CASE WHEN is_female THEN g.v ELSE b.v END AS forename,
            s.v AS surname, s2.v AS other_surname,
            (1 + floor(120 * r(home, 7)))::INT::VARCHAR || ' ' || t.v AS address,
            (1 + floor(120 * r(person, 17)))::INT::VARCHAR || ' ' || t2.v AS old_address,
            postcode_of(CAST(floor({people} * 0.6 * r(home, 9)) AS BIGINT)) AS postcode,
            postcode_of(CAST(floor({people} * 0.6 * r(person, 10)) AS BIGINT)) AS old_postcode,
            '01' || (200000000 + floor(1e8 * r(home, 11)))::BIGINT::VARCHAR AS landline,
            '07' || (100000000 + floor(8e8 * r(person, 12)))::BIGINT::VARCHAR AS mobile,
            r(person, 13) < 0.16 AS moved, is_female AND r(person, 14) < 0.10 AS married,
            400000000 + 3 * (person * 123456791 % 166666649) AS nine
        FROM q
        JOIN boys b ON b.i = rank_of(r(person, 5), {len(BOYS)})
        JOIN girls g ON g.i = rank_of(r(person, 5), {len(GIRLS)})
        JOIN surnames s ON s.i = rank_of(r(home, 6), {len(SURNAMES) + len(HEADS) * len(TAILS)})
        JOIN surnames s2 ON s2.i = rank_of(r(person, 16), {len(SURNAMES)})
        JOIN streets t ON t.i = CAST(floor({len(STREETS)} * r(home, 8)) AS BIGINT)
        JOIN streets t2 ON t2.i = CAST(floor({len(STREETS)} * r(person, 18)) AS BIGINT);
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT *, CASE WHEN check_digit(nine) = 10 THEN NULL
                       ELSE nine * 10 + check_digit(nine) END AS nhs_number
        FROM people;
        UPDATE numbered SET nhs_number = CASE WHEN check_digit(nine + 1) = 10
            THEN (nine + 2) * 10 + check_digit(nine + 2)
            ELSE (nine + 1) * 10 + check_digit(nine + 1) END WHERE nhs_number IS NULL;
        """
    )


def _partner_sql(index: int, people: int) -> str:
    partner, patients, no_number, capitals, no_postcode, slips = PARTNERS[index]
    case = "upper" if capitals else ""
    # Half of the slips stay with the patient from row to row; here a patient is one row.
    u = f"r(key, {100 * index} + "
    return f"""
        SELECT '{partner}' AS partner, '{partner[-1]}' || lpad(key::VARCHAR, 9, '0') AS record_id,
            CASE WHEN {u}21) < {no_number} THEN NULL
                 WHEN {u}22) < 0.006 THEN n.nhs_number
                      + CAST(floor(1 + 8 * {u}23)) AS BIGINT)
                      * CAST(pow(10, floor(8 * {u}24))) AS BIGINT)
                 WHEN {u}22) < 0.007 THEN o.nhs_number
                 ELSE n.nhs_number END::VARCHAR AS nhs_number,
            NULL::VARCHAR AS other_number,
            {case}(CASE WHEN {u}25) < 0.004 THEN NULL
                 WHEN {u}25) < 0.03 THEN coalesce(short.v, n.forename)
                 WHEN {u}25) < 0.03 + {slips} THEN slip(n.forename, {u}26),
                      1 + CAST(floor(4 * {u}27)) AS INT))
                 WHEN {u}25) < 0.045 + {slips} THEN n.forename || ' ' || o.forename
                 ELSE n.forename END) AS forename,
            {case}(CASE WHEN {u}28) < 0.002 THEN NULL
                 WHEN n.married AND {u}29) < 0.4 THEN n.other_surname
                 WHEN {u}28) < 0.002 + {slips} THEN slip(n.surname, {u}30),
                      1 + CAST(floor(4 * {u}31)) AS INT))
                 ELSE n.surname END) AS surname,
            CASE WHEN {u}32) < 0.003 THEN NULL
                 WHEN {u}32) < 0.005 THEN DATE '1900-01-01'
                 WHEN {u}32) < 0.008 AND day(n.birth_date) < 13 THEN
                      make_date(year(n.birth_date), day(n.birth_date), month(n.birth_date))
                 WHEN {u}32) < 0.008 + {slips} / 2 THEN n.birth_date
                      + CAST(floor(1 + 9 * {u}33)) AS INT)
                 WHEN {u}32) < 0.009 + {slips} / 2 THEN n.birth_date + INTERVAL 10 YEAR
                 ELSE n.birth_date END::DATE AS birth_date,
            CASE WHEN {u}34) < 0.01 THEN NULL
                 WHEN ({u}34) < 0.013) <> n.is_female THEN 'female' ELSE 'male' END AS sex,
            NULL::VARCHAR AS ethnicity, NULL::DATE AS death_date,
            CASE WHEN {u}35) < {no_postcode} THEN NULL
                 WHEN n.moved AND {u}36) < 0.4 THEN n.old_address
                 ELSE n.address END AS address,
            'Saltmarsh' AS town,
            CASE WHEN {u}35) < {no_postcode} THEN NULL
                 WHEN {u}35) < {no_postcode} + 0.003 THEN 'ZZ99 3VZ'
                 WHEN n.moved AND {u}36) < 0.4 THEN n.old_postcode
                 WHEN {u}37) < {slips} THEN slip(n.postcode, {u}38), 3)
                 ELSE n.postcode END AS postcode,
            CASE WHEN {u}39) < 0.3 THEN NULL WHEN {u}39) < 0.5 THEN n.landline
                 ELSE n.mobile END AS phone,
            NULL::VARCHAR AS email,
            DATE '2026-04-01' AS known_date, '{partner.lower()}0000000000' AS file_id,
            key + 2 AS source_row, person::VARCHAR AS person
        FROM (SELECT person, person * 4 + copy AS key
              FROM people, range(4) c(copy)
              WHERE r(person * 4 + copy, {900 + index}) < {patients / 4}) k
        JOIN numbered n USING (person)
        JOIN numbered o ON o.person = (n.person * 7919 + 13) % {people}
        LEFT JOIN short ON short.long = n.forename
    """


def invent(folder: Path, *, people: int, seed: int = 1) -> tuple[Path, Path]:
    """Write identities.parquet (rows in no order) and truth.parquet; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    identities, truth = folder / "identities.parquet", folder / "truth.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        _names(connection)
        _macros(connection, seed)
        _people(connection, people)
        rows = " UNION ALL ".join(_partner_sql(i, people) for i in range(len(PARTNERS)))
        connection.execute(f"CREATE TEMP TABLE rows AS {rows}")
        connection.execute(
            f"COPY (SELECT * EXCLUDE person FROM rows) TO '{identities}' (COMPRESSION zstd)"
        )
        connection.execute(
            f"COPY (SELECT partner, record_id, person FROM rows) TO '{truth}' (COMPRESSION zstd)"
        )
    return identities, truth
