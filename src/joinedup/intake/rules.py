"""Every rule that a file, a line or a row may fail: what it says, and what to do about it.

A row keeps all the reasons that it failed for. Where a rule is about one column, the reason is
written `rule:COLUMN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from joinedup.terms.nearest import nearest
from joinedup.terms.shown import shown


class Severity(StrEnum):
    """What failing a rule does."""

    REFUSE_FILE = "refuse file"
    REFUSE = "refuse"
    FLAG = "flag"
    BY_NEED = "refuse if needed, else flag"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `says` completes "this line was refused because…"; `cure` says what to do."""

    id: str
    severity: Severity
    says: str
    cure: str


_FILE = Severity.REFUSE_FILE
_ROW = Severity.REFUSE
_FLAG = Severity.FLAG
_NEED = Severity.BY_NEED

FILE_RULES: tuple[Rule, ...] = (
    Rule(
        "file_same_as_earlier",
        _FILE,
        "the file has the same bytes as one already taken in",
        "Nothing to do: it counts once.",
    ),
    Rule(
        "partner_unknown",
        _FILE,
        "its folder is not named after a partner in partners.toml",
        "Move the file to the folder of the partner's code, or add the partner.",
    ),
    Rule(
        "feed_unknown",
        _FILE,
        "no feed of this partner takes a file of this name",
        "Rename the file, or set `files` in the feed's TOML so that it matches.",
    ),
    Rule(
        "feed_ambiguous",
        _FILE,
        "more than one feed of this partner takes a file of this name",
        "Make `files` in the feeds' TOML match one feed only.",
    ),
    Rule(
        "file_is_link",
        _FILE,
        "it is a link, and links below the inbox are not followed",
        "Copy the file itself there; to keep the whole inbox elsewhere, let inbox/ be the link.",
    ),
    Rule(
        "file_is_special",
        _FILE,
        "it is no ordinary file but a pipe, a socket or a device",
        "Copy a file there.",
    ),
    Rule(
        "file_not_opened",
        _FILE,
        "it cannot be opened",
        "Let the account that runs Joinedup read it, or take it away.",
    ),
    Rule(
        "file_name_unsafe",
        _FILE,
        "its name holds line breaks, backslashes, control characters, marks that turn the "
        "direction of writing, or bytes that are no UTF-8",
        "Rename it, or its folder.",
    ),
    Rule("file_empty", _FILE, "the file is empty", "Export it again."),
    Rule(
        "file_truncated",
        _FILE,
        "the file ends before its end: it was cut short on the way",
        "Send it again, whole.",
    ),
    Rule(
        "file_unpacks_too_far",
        _FILE,
        "unpacked it would be more than a hundred times its size, and more than 256 MB",
        "Find out what it is; if it is what it should be, send it unpacked.",
    ),
    Rule(
        "file_unreadable",
        _FILE,
        "the file is not what its name says it is",
        "Export it again as CSV, gzipped CSV or Parquet, with the ending to match.",
    ),
    Rule(
        "value_too_long",
        _FILE,
        "a value in it is longer than 1 MB, and there is not the memory to read it",
        "Look for a document or a picture in a column of text, and leave it out.",
    ),
    Rule(
        "file_not_utf8", _FILE, "the file is UTF-16, which is not read", "Save it as 'CSV UTF-8'."
    ),
    Rule(
        "extract_date_missing",
        _FILE,
        "the file's name does not give the date of the extract",
        "Name the file as `extract_date` in the feed's TOML expects.",
    ),
    Rule(
        "header_missing",
        _FILE,
        "the first line is not the header that the feed expects",
        "Export with column names on the first line, or set `header = false` in the feed's TOML.",
    ),
    Rule(
        "columns_missing",
        _FILE,
        "columns that the feed uses are not in the file",
        "Send every column; where one was renamed, change it back or change the feed's TOML.",
    ),
    Rule(
        "columns_too_many",
        _FILE,
        "it has more than 20,000 columns",
        "Send the columns that the feed uses.",
    ),
    Rule(
        "columns_repeated",
        _FILE,
        "a column that the feed uses is in the header twice",
        "Give each column a name of its own.",
    ),
)

LINE_RULES: tuple[Rule, ...] = (
    Rule(
        "unclosed_quote",
        _ROW,
        "a quotation mark opens and never closes",
        "Close it, or double a quotation mark that is part of the text.",
    ),
    Rule(
        "bad_quote",
        _ROW,
        "text follows a closing quotation mark",
        "Double a quotation mark that is part of the text.",
    ),
    Rule(
        "too_few_columns",
        _ROW,
        "the line has fewer columns than the header",
        "Look for a line break within a value: put the value in quotation marks.",
    ),
    Rule(
        "too_many_columns",
        _ROW,
        "the line has more columns than the header",
        "Look for a separator within a value: put the value in quotation marks.",
    ),
    Rule(
        "line_too_long",
        _ROW,
        "the line is longer than 1 MB",
        "Look for a missing line break or quotation mark.",
    ),
    Rule("nul_byte", _ROW, "the line holds a NUL byte", "Export the row again from the source."),
    Rule(
        "encoding",
        _ROW,
        "the line holds bytes that are not in the file's encoding",
        "Export as UTF-8, or name the encoding in the feed's TOML.",
    ),
    Rule(
        "stray_return",
        _ROW,
        "a carriage return stands within the line",
        "Put a value that holds line breaks in quotation marks.",
    ),
    Rule(
        "truncated", _ROW, "the file ends in the middle of this line", "Send the file again, whole."
    ),
)

ROW_RULES: tuple[Rule, ...] = (
    Rule(
        "required_missing",
        _ROW,
        "a value that must be there is missing",
        "Fill it in at the source; without it the row cannot be placed.",
    ),
    Rule(
        "date_unreadable",
        _NEED,
        "a date or time is not written as the feed says",
        "Write every date as the feed's TOML says, or change the format there.",
    ),
    Rule(
        "number_unreadable",
        _NEED,
        "a number cannot be read as one",
        "Send digits alone, with at most one decimal point.",
    ),
    Rule(
        "code_unknown",
        _NEED,
        "a code is not among those that the feed maps",
        "Correct the code, or add it to `codes` in the feed's TOML.",
    ),
    Rule(
        "text_unreadable",
        _NEED,
        "a value does not have the shape that the feed expects",
        "Correct the value, or change `pattern` in the feed's TOML.",
    ),
    Rule(
        "date_impossible",
        _NEED,
        "a date lies before 1900 or far after the extract",
        "Correct the date at the source.",
    ),
    Rule(
        "date_after_extract",
        _FLAG,
        "something happened after the extract was taken",
        "Check the date, and the date in the file's name.",
    ),
    Rule(
        "birth_date_placeholder",
        _FLAG,
        "the birth date is one that stands for 'not known'",
        "Leave an unknown birth date empty; it was read as unknown.",
    ),
    Rule(
        "nhs_number_invalid",
        _FLAG,
        "the NHS number is not ten digits or fails its check digit",
        "Trace the patient on the Personal Demographics Service and correct the number.",
    ),
    Rule(
        "nhs_number_placeholder",
        _FLAG,
        "the NHS number is one that stands for 'not known'",
        "Leave an unknown NHS number empty; it was read as unknown.",
    ),
    Rule(
        "end_before_start",
        _ROW,
        "it ends before it starts",
        "Correct one of the two dates at the source.",
    ),
    Rule(
        "ready_out_of_order",
        _FLAG,
        "ready to leave before arriving or after leaving",
        "Correct the discharge-ready date at the source.",
    ),
    Rule(
        "birth_after_event",
        _FLAG,
        "it happened before the patient was born",
        "Check the birth date and the date of the event.",
    ),
    Rule(
        "event_after_death",
        _FLAG,
        "it happened more than a day after the patient died",
        "Check the date of death and the date of the event.",
    ),
    Rule(
        "death_before_birth",
        _FLAG,
        "the patient died before being born",
        "Check the birth date and the date of death.",
    ),
    Rule(
        "organisation_unknown",
        _FLAG,
        "an organisation is not known to this system",
        "Correct the code, or add the organisation to partners.toml.",
    ),
    Rule(
        "duplicate_row",
        _ROW,
        "the same row stands earlier in the file",
        "Nothing is lost: the first copy was kept. Send each row once.",
    ),
    Rule(
        "duplicate_key",
        _ROW,
        "another row with the same key stands earlier in the file",
        "The first was kept. Send one row for each key, or correct `key` in the feed's TOML.",
    ),
)

RULES: tuple[Rule, ...] = FILE_RULES + LINE_RULES + ROW_RULES
BY_ID = {rule.id: rule for rule in RULES}
OVERRIDABLE: tuple[str, ...] = tuple(rule.id for rule in ROW_RULES)


def split_reason(reason: str) -> tuple[str, str]:
    """A reason as (rule id, column); the column is empty where the rule is not about one."""
    rule, _, column = reason.partition(":")
    return rule, column


def did_you_mean(name: str, known: tuple[str, ...]) -> str:
    """A sentence naming the closest known name, or nothing."""
    folded = {_folded(one): one for one in known}
    near = nearest(_folded(name), folded)
    return f"Did you mean '{shown(folded[near])}'?" if near else ""


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ")


def rules_page() -> str:
    """The reference page of all rules, as Markdown: docs/reference/rules.md."""
    parts = ["# Rules\n\nWhat intake checks. This page is made from the list in the code.\n"]
    chapters = (
        (
            "Files",
            "A file that fails one of these is refused whole: all its lines are quarantined.",
            FILE_RULES,
        ),
        (
            "Lines",
            "A line that fails one of these is quarantined; reading goes on at the next line.",
            LINE_RULES,
        ),
        (
            "Rows",
            "*Refuse* quarantines the row. *Flag* keeps it and counts it. A value that cannot "
            "be read refuses the row if the table needs the value; else the row is kept without it "
            "and flagged. A feed's `[severity]` changes what a rule here does.",
            ROW_RULES,
        ),
    )
    for title, says, rules in chapters:
        parts.append(
            f"\n## {title}\n\n{says}\n\n| Rule | Does | Because | What to do |\n|---|---|---|---|\n"
        )
        parts.extend(f"| `{r.id}` | {r.severity.value} | {r.says} | {r.cure} |\n" for r in rules)
    return "".join(parts)
