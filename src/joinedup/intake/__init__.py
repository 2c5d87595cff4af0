"""Intake: a partner's extract to checked, mapped rows, with every line accounted for."""

from joinedup.intake.account import (
    ACCEPTED,
    REJECTED,
    SAME,
    Books,
    FileAccount,
    FileResult,
    Finding,
    merge_findings,
    read_result,
    write_result,
)
from joinedup.intake.arrivals import (
    Arrival,
    Inbox,
    find_arrivals,
    is_parquet,
    match_feed,
    shown_name,
)
from joinedup.intake.checks import Check, build_checks, failed_in
from joinedup.intake.feed import Feed
from joinedup.intake.header import Header, check_columns, read_header
from joinedup.intake.lines import Placed, place_lines
from joinedup.intake.mapping import MappedRows, map_rows
from joinedup.intake.parquet_survey import (
    ParquetSurvey,
    has_long_value,
    is_sound_parquet,
    survey_parquet,
)
from joinedup.intake.parts import first_event_id, received_rows, records_of_rows, rows_among
from joinedup.intake.raw_lines import raw_records
from joinedup.intake.read_feed import parse_feed, read_feed
from joinedup.intake.readings import Limits
from joinedup.intake.records import LINE_LIMIT_BYTES, RecordForm
from joinedup.intake.refused_lines import RefusedLine, RefusedLines
from joinedup.intake.rules import BY_ID, RULES, Rule, Severity, rules_page, split_reason
from joinedup.intake.staged import (
    CheckGroups,
    StagedRows,
    group_checks,
    is_accepted,
    stage,
    staged_rows,
)
from joinedup.intake.survey import Survey, hash_file, survey_file

__all__ = [
    "ACCEPTED", "BY_ID", "LINE_LIMIT_BYTES", "REJECTED", "RULES", "SAME", "Arrival", "Books",
    "Check", "CheckGroups", "Feed", "FileAccount", "FileResult", "Finding", "Header", "Inbox",
    "Limits", "MappedRows", "ParquetSurvey", "Placed", "RecordForm", "RefusedLine",
    "RefusedLines", "Rule", "Severity", "StagedRows", "Survey", "build_checks", "check_columns",
    "failed_in", "find_arrivals", "first_event_id", "group_checks", "has_long_value", "hash_file",
    "is_accepted", "is_parquet", "is_sound_parquet", "map_rows", "match_feed", "merge_findings",
    "parse_feed", "place_lines", "raw_records", "read_feed", "read_header", "read_result",
    "received_rows", "records_of_rows", "rows_among", "rules_page", "shown_name", "split_reason",
    "stage", "staged_rows", "survey_file", "survey_parquet", "write_result",
]  # fmt: skip
