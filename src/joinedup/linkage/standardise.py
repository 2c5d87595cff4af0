"""One way of writing names, dates, numbers and addresses, so that equal means equal.

Nothing is corrected here: a value is written the same way everywhere, or, where it only says
"not known", taken away.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from joinedup.engines.portable import letters, small_letters
from joinedup.linkage.nicknames import first_name_root
from joinedup.terms import dates, nhs_number

# Letters that are no plain letter with a mark, so that taking marks off leaves them.
_LETTERS = (("Æ", "AE"), ("Œ", "OE"), ("ẞ", "SS"), ("Þ", "TH"), ("Ø", "O"), ("Ł", "L"), ("Đ", "D"))

_TITLES = r"^(MR|MRS|MISS|MS|MX|DR|REV|SIR|PROF|MASTER|LADY|LORD)\s+"
# Straight, curly, grave and acute.
_APOSTROPHES = "['\u2019`\u00b4]"
# What stands in a name's place when the name is not known, or not given yet.
_NO_NAME = (
    "UNKNOWN", "NOT KNOWN", "NOTKNOWN", "NK", "N K", "NA", "N A", "NONE", "NULL", "NOT STATED",
    "NOT GIVEN", "ANON", "ANONYMOUS", "TEST", "PATIENT", "BABY", "BABY BOY", "BABY GIRL", "INFANT",
    "TWIN", "TWIN ONE", "TWIN TWO", "TWIN I", "TWIN II", "X", "XX", "XXX", "ZZZ", "NO NAME",
    "UNBORN", "MALE", "FEMALE", "SURNAME", "FORENAME",
)  # fmt: skip
# Other systems' zero days: SQL Server's least datetime, Excel's and Oracle's, and "for ever".
_NO_BIRTH_DATE = (
    *dates.BIRTH_PLACEHOLDERS, date(1753, 1, 1), date(1800, 1, 1), date(1899, 12, 30),
    date(1899, 12, 31), date(9999, 12, 31),
)  # fmt: skip
# The oldest person whose age was proved lived 122 years (Jeanne Calment, 1875 to 1997).
_OLDEST_YEARS = 122

# Pseudo-postcodes begin ZZ99: no fixed abode, not known, abroad.
# Source: NHS Data Dictionary, POSTCODE (ODS country pseudo-postcodes).
_PSEUDO_POSTCODE = "^ZZ99.*"

_ADDRESS_WORDS = (
    ("STREET", "ST"), ("ROAD", "RD"), ("AVENUE", "AVE"), ("LANE", "LN"), ("CLOSE", "CL"),
    ("DRIVE", "DR"), ("GARDENS", "GDNS"), ("COURT", "CT"), ("PLACE", "PL"), ("CRESCENT", "CRES"),
    ("SQUARE", "SQ"), ("TERRACE", "TER"), ("CIRCUIT", "CCT"), ("APARTMENT", "FLAT"),
)  # fmt: skip

# Columns of `standard` that say who the patient is; together they are one profile.
DETAILS = (
    "nhs_number", "other_number", "forename", "surname", "birth_date", "sex", "address", "town",
    "postcode", "phone", "email",
)  # fmt: skip


def standard(sent: ir.Table) -> ir.Table:
    """The table with each of `DETAILS` written one way; null where it says nothing."""
    one = sent
    return one.mutate(
        nhs_number=_nhs_number(one.nhs_number),
        other_number=_alphanumeric(one.other_number).nullif(""),
        forename=_name(one.forename),
        surname=_name(one.surname).replace(" ", "").nullif(""),
        birth_date=_birth_date(one.birth_date, one.known_date),
        sex=one.sex,
        address=_plain(one.address).re_replace("[^A-Z0-9]+", " ").strip().nullif(""),
        town=_plain(one.town).re_replace("[^A-Z]+", " ").strip().nullif(""),
        postcode=_postcode(one.postcode),
        phone=_phone(one.phone),
        email=_email(one.email),
    )


def with_roots(table: ir.Table) -> ir.Table:
    """Add `root`: the first of the forenames, a short form as its long one."""
    return first_name_root(table)


def short_address(address: ir.StringValue) -> ir.StringValue:
    """A standard address with the commonest words cut short, as people write them."""
    padded = ibis.literal(" ") + address + ibis.literal(" ")
    for long, short in _ADDRESS_WORDS:
        padded = padded.replace(f" {long} ", f" {short} ")
    return padded.strip()


# Every value is one chain of steps, each used once: an engine is given what it can do in one pass.
def _plain(text: ir.StringValue) -> ir.StringValue:
    plain = letters(text)
    for letter, written in _LETTERS:
        plain = plain.replace(letter, written)
    return plain


def _words(*words: str) -> str:
    return rf"^({'|'.join(words)})\z"


def _alphanumeric(text: ir.StringValue) -> ir.StringValue:
    # Before the capitals: of letters beyond A to Z engines make different ones.
    return text.re_replace("[^A-Za-z0-9]", "").upper()


def _name(text: ir.StringValue) -> ir.StringValue:
    # An apostrophe joins (O'BRIEN is OBRIEN); anything else that is no letter parts.
    letters = _plain(text).re_replace(_APOSTROPHES, "").re_replace("[^A-Z]+", " ").strip()
    return letters.re_replace(_TITLES, "").re_replace(_words(*_NO_NAME), "").nullif("")


def _nhs_number(text: ir.StringValue) -> ir.StringValue:
    # `\\z` is the very end; to Java `$` is also before a line's end.
    ten = text.re_replace("[ -]", "").re_extract(r"^[0-9]{10}\z", 0)
    return ten.re_replace(_words(*nhs_number.PLACEHOLDERS), "").nullif("")


def _birth_date(value: ir.DateValue, known: ir.DateValue) -> ir.DateValue:
    impossible = (value > known) | (value.year() < known.year() - _OLDEST_YEARS)
    return ibis.ifelse(
        value.isin(_NO_BIRTH_DATE) | impossible.fill_null(False), ibis.null("date"), value
    )


def _postcode(text: ir.StringValue) -> ir.StringValue:
    return _alphanumeric(text).re_replace(_PSEUDO_POSTCODE, "").nullif("")


def _phone(text: ir.StringValue) -> ir.StringValue:
    """The last ten digits, so that +44 and a leading 0 are one; a shorter number says little."""
    ten = text.re_replace("[^0-9]", "").re_extract(r"([0-9]{10})\z", 1)
    return ten.re_replace(_words(*(f"{digit}+" for digit in range(10))), "").nullif("")


def _email(text: ir.StringValue) -> ir.StringValue:
    return small_letters(text).strip().re_extract(r"^[^\n]+@[^\n]+\z", 0).nullif("")
