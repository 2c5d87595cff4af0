"""One way of writing names, dates, numbers and addresses, so that equal means equal.

Nothing is corrected here: a value is written the same way everywhere, or, where it only says
"not known", taken away.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from joinedup.linkage.nicknames import first_name_root
from joinedup.terms import dates, nhs_number

# Latin letters with marks, and the letters that names in England keep without them.
_MARKED = "ÀÁÂÃÄÅĀĂĄÇĆČĎĐÈÉÊËĒĖĘĚĞÌÍÎÏĪĮİŁĹĽÑŃŇÒÓÔÕÖØŌŐŔŘŚŞŠȘŤŢȚÙÚÛÜŪŮŰŲÝŸŹŻŽ"
_PLAIN = "AAAAAAAAACCCDDEEEEEEEEGIIIIIIILLLNNNOOOOOOOORRSSSSTTTUUUUUUUUYYZZZ"

_TITLES = r"^(MR|MRS|MISS|MS|MX|DR|REV|SIR|PROF|MASTER|LADY|LORD)\s+"
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
_PSEUDO_POSTCODE = "ZZ99"

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


def standard(identities: ir.Table) -> ir.Table:
    """`tables.IDENTITIES` with each detail written one way; null where it says nothing."""
    one = identities
    return one.select(
        "partner",
        "record_id",
        "known_date",
        nhs_number=_nhs_number(one.nhs_number),
        other_number=_something(one.other_number.upper().re_replace("[^A-Z0-9]", "")),
        forename=_name(one.forename),
        surname=_name(one.surname).replace(" ", ""),
        birth_date=_birth_date(one.birth_date, one.known_date),
        sex=one.sex,
        address=_something(_plain(one.address).re_replace("[^A-Z0-9]+", " ").strip()),
        town=_something(_plain(one.town).re_replace("[^A-Z]+", " ").strip()),
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


def _plain(text: ir.StringValue) -> ir.StringValue:
    upper = text.upper().translate(_MARKED, _PLAIN)
    return upper.replace("Æ", "AE").replace("Œ", "OE").replace("ß", "SS").replace("Þ", "TH")


def _something(text: ir.StringValue) -> ir.StringValue:
    return text.nullif("")


def _name(text: ir.StringValue) -> ir.StringValue:
    # An apostrophe joins (O'BRIEN is OBRIEN); anything else that is no letter parts.
    letters = _plain(text).re_replace("['’`´]", "").re_replace("[^A-Z]+", " ").strip()
    bare = letters.re_replace(_TITLES, "").strip()
    return ibis.ifelse(bare.isin(_NO_NAME), ibis.null("string"), bare.nullif(""))


def _nhs_number(text: ir.StringValue) -> ir.StringValue:
    number = nhs_number.ten_digits(text)
    return ibis.ifelse(nhs_number.is_placeholder(number), ibis.null("string"), number)


def _birth_date(value: ir.DateValue, known: ir.DateValue) -> ir.DateValue:
    impossible = (value > known) | (value.year() < known.year() - _OLDEST_YEARS)
    return ibis.ifelse(
        value.isin(_NO_BIRTH_DATE) | impossible.fill_null(False), ibis.null("date"), value
    )


def _postcode(text: ir.StringValue) -> ir.StringValue:
    bare = text.upper().re_replace("[^A-Z0-9]", "").nullif("")
    return ibis.ifelse(bare.startswith(_PSEUDO_POSTCODE), ibis.null("string"), bare)


def _phone(text: ir.StringValue) -> ir.StringValue:
    """The last ten digits, so that +44 and a leading 0 are one; a shorter number says little."""
    digits = text.re_replace("[^0-9]", "")
    ten = digits.right(10)
    same_digit = ten == ten.left(1).repeat(10)
    return ibis.ifelse((digits.length() >= 10) & ~same_digit, ten, ibis.null("string"))


def _email(text: ir.StringValue) -> ir.StringValue:
    bare = text.lower().strip()
    return ibis.ifelse(bare.contains("@"), bare, ibis.null("string"))
