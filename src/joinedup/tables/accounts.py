"""The promised tables that account for every file and line, and for partners and areas."""

from joinedup.tables import code_sets
from joinedup.tables.declare import Column, Table, Zone
from joinedup.tables.promised import FILE_ID, PARTNER

FILES = Table(
    name="files",
    grain="One file received",
    zone=Zone.PSEUDONYMOUS,
    key=("file_id",),
    note="For every file, lines = accepted_lines + quarantined_lines + header_or_blank.",
    columns=(
        FILE_ID,
        PARTNER,
        Column("feed", "string", "The feed that it belongs to.", True),
        Column("file", "string", "Its path below `inbox/`.", True),
        Column("sha256", "string", "SHA-256 of its bytes.", True),
        Column("bytes", "int64", "Its size.", True, unit="bytes"),
        Column("extract_date", "date", "Date of the extract, from its name."),
        Column("encoding", "string", "Encoding found.", True),
        Column("lines", "int64", "Physical lines; rows for Parquet.", True, unit="lines"),
        Column("header_or_blank", "int64", "Header and blank lines.", True, unit="lines"),
        Column("accepted", "int64", "Rows accepted.", True, unit="rows"),
        Column("quarantined", "int64", "Rows quarantined.", True, unit="rows"),
        Column("accepted_lines", "int64", "Physical lines of accepted rows.", True, unit="lines"),
        Column(
            "quarantined_lines", "int64", "Physical lines of quarantined rows.", True, unit="lines"
        ),
        Column(
            "superseded", "int64", "Accepted rows that a later file corrected.", True, unit="rows"
        ),
        Column(
            "outcome",
            "string",
            "What became of the file.",
            True,
            codes=code_sets.DUPLICATE_OUTCOMES,
        ),
        Column("reason", "string", "Why it was refused, where it was."),
    ),
)

QUARANTINE = Table(
    name="quarantine",
    grain="One refused row",
    zone=Zone.IDENTIFIED,
    key=("file_id", "source_row"),
    columns=(
        PARTNER,
        Column("feed", "string", "The feed that it belongs to.", True),
        FILE_ID,
        Column("file", "string", "Path of the file below `inbox/`.", True),
        Column("source_row", "int64", "Physical line on which the row begins, from 1.", True),
        Column("lines", "int64", "How many physical lines the row spans.", True, unit="lines"),
        Column("rules", "array<string>", "Ids of all the rules that refused it.", True),
        Column("row", "string", "The row as received.", True, identifying=True),
    ),
)

FLAGS = Table(
    name="flags",
    grain="One rule that an accepted row of a file did not meet, counted",
    zone=Zone.PSEUDONYMOUS,
    key=("file_id", "rule"),
    columns=(
        FILE_ID,
        Column("rule", "string", "Id of the rule.", True),
        Column(
            "severity",
            "string",
            "What the rule does.",
            True,
            codes={
                "flag": "The row is kept and counted here",
                "refuse": "The row is quarantined",
            },
        ),
        Column("rows", "int64", "How many rows.", True, unit="rows"),
        Column("first_row", "int64", "The first such line.", True),
    ),
)

ORGANISATIONS = Table(
    name="organisations",
    grain="One organisation from a date to a date",
    zone=Zone.PUBLISHED,
    key=("code", "start_date"),
    columns=(
        Column("code", "string", "ODS code (or GSS code of a council).", True),
        Column("name", "string", "Name.", True),
        Column("kind", "string", "Kind of organisation.", True, codes=code_sets.ORGANISATION_KINDS),
        Column("is_statutory", "boolean", "Whether it is a statutory body.", True),
        Column("start_date", "date", "First day; null where not known."),
        Column("end_date", "date", "First day no longer; null while it goes on."),
    ),
)

AREAS = Table(
    name="areas",
    grain="One area of one kind",
    zone=Zone.PUBLISHED,
    key=("kind", "code"),
    columns=(
        Column("kind", "string", "Kind of area.", True, codes=code_sets.AREA_KINDS),
        Column("code", "string", "Code of the area.", True),
        Column("name", "string", "Name.", True),
        Column("residents", "int64", "Resident population of the area pack.", unit="people"),
    ),
)

MEMBERSHIPS = Table(
    name="memberships",
    grain="One thing within another from a date to a date",
    zone=Zone.PUBLISHED,
    key=("member_kind", "member", "of_kind", "of", "start_date"),
    note="An area belongs to several footprints at once; a trust that merged belongs to its "
    "successor from the day of the merger.",
    columns=(
        Column("member_kind", "string", "Kind of the member: an area or organisation kind.", True),
        Column("member", "string", "Code of the member.", True),
        Column("of_kind", "string", "Kind of what it lies in.", True),
        Column("of", "string", "Code of what it lies in.", True),
        Column("share", "float64", "Share of the member that lies in it, 0 to 1.", True),
        Column("start_date", "date", "First day; null where not known."),
        Column("end_date", "date", "First day no longer; null while it goes on."),
    ),
)
