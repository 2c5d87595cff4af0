"""The promised tables that hold people and what happened to them."""

from joinedup.tables import code_sets
from joinedup.tables.declare import Column, Table, Zone

PARTNER = Column("partner", "string", "ODS code of the partner that sent it.", True)
FILE_ID = Column("file_id", "string", "The file it came from: see `files`.", True)
SOURCE_ROW = Column(
    "source_row", "int64", "Physical line of that file on which the row begins, from 1.", True
)
PERSON_ID = Column(
    "person_id", "string", "Pseudonym of one linked person; the same from run to run.", True
)
EVENT_ID = Column(
    "event_id",
    "int64",
    "Identifies the event: from the file's hash, the row, and the event's place in the row.",
    True,
)
KNOWN_DATE = Column(
    "known_date", "date", "When we knew: the date of the extract that the row came in.", True
)

IDENTITIES = Table(
    name="identities",
    grain="One distinct demographic record of one patient at one partner",
    zone=Zone.IDENTIFIED,
    key=("partner", "record_id", "file_id", "source_row"),
    columns=(
        PARTNER,
        Column(
            "record_id",
            "string",
            "The partner's own identifier of the patient.",
            True,
            identifying=True,
        ),
        Column(
            "nhs_number",
            "string",
            "NHS number as ten digits, valid or not.",
            identifying=True,
            source="NHS Data Dictionary: NHS NUMBER",
        ),
        Column(
            "other_number",
            "string",
            "A personal number other than the NHS number.",
            identifying=True,
        ),
        Column("forename", "string", "Given name.", identifying=True),
        Column("surname", "string", "Family name.", identifying=True),
        Column(
            "birth_date",
            "date",
            "Date of birth; null where absent or a placeholder.",
            identifying=True,
        ),
        Column("sex", "string", "Sex as recorded.", codes=code_sets.SEXES),
        Column(
            "ethnicity",
            "string",
            "Ethnic category, 2001 census code.",
            source="NHS Data Dictionary: ETHNIC CATEGORY",
        ),
        Column("death_date", "date", "Date of death.", identifying=True),
        Column("address", "string", "Address lines, joined by a space.", identifying=True),
        Column("town", "string", "Post town or locality.", identifying=True),
        Column("postcode", "string", "Postcode.", identifying=True),
        Column("phone", "string", "Telephone number.", identifying=True),
        Column("email", "string", "E-mail address.", identifying=True),
        KNOWN_DATE,
        FILE_ID,
        SOURCE_ROW,
    ),
)

LINKS = Table(
    name="links",
    grain="One patient at one partner (partner and record_id), and the person it is",
    zone=Zone.IDENTIFIED,
    key=("partner", "record_id"),
    columns=(
        PARTNER,
        Column(
            "record_id",
            "string",
            "The partner's own identifier of the patient.",
            True,
            identifying=True,
        ),
        PERSON_ID,
        Column(
            "method",
            "string",
            "How the identity joined the person.",
            True,
            codes={
                "nhs_number": "Valid NHS number and agreeing details",
                "same_record": "Same details as another record of the same person",
                "probabilistic": "Match weight above the threshold",
                "alone": "Joined nothing: a person of one identity",
            },
        ),
        Column(
            "match_weight",
            "float64",
            "Splink match weight (log2 Bayes factor) of the link; null where a rule decided.",
            unit="bits",
        ),
        Column("matched_partner", "string", "Partner of the record that it was linked to."),
        Column(
            "matched_record_id", "string", "The record that it was linked to.", identifying=True
        ),
        Column("run", "string", "The snapshot in which the link was last made anew.", True),
    ),
)

LINK_CHANGES = Table(
    name="link_changes",
    grain="One change of person of an identity between two runs, merges and splits alike",
    zone=Zone.PSEUDONYMOUS,
    key=("old_person_id", "new_person_id", "run"),
    columns=(
        Column("old_person_id", "string", "The person it was.", True),
        Column("new_person_id", "string", "The person it is now.", True),
        Column(
            "change",
            "string",
            "What happened.",
            True,
            codes={
                "merged": "Every identity of the old person moved to the new one",
                "split": "Some identities of the old person moved to the new one",
                "gone": "No identity of the old person is left; the new id is empty",
            },
        ),
        Column("identities", "int64", "How many identities moved.", True, unit="identities"),
        Column("why", "string", "The rule or weight that decided, in words.", True),
        Column("run", "string", "The snapshot that made the change.", True),
    ),
)

LINK_REVIEW = Table(
    name="link_review",
    grain="One patient whose link somebody should look at, for one reason",
    zone=Zone.IDENTIFIED,
    key=("partner", "record_id", "reason"),
    columns=(
        PARTNER,
        Column(
            "record_id",
            "string",
            "The partner's own identifier of the patient.",
            True,
            identifying=True,
        ),
        Column("reason", "string", "Why it is unsure, in words.", True),
        Column("match_weight", "float64", "Match weight of the best link found.", unit="bits"),
        Column("next_match_weight", "float64", "Match weight of the next best.", unit="bits"),
    ),
)

PERSONS = Table(
    name="persons",
    grain="One person",
    zone=Zone.PSEUDONYMOUS,
    key=("person_id",),
    columns=(
        PERSON_ID,
        Column("sex", "string", "Sex as most often recorded.", codes=code_sets.SEXES),
        Column("birth_month", "date", "First day of the month of birth."),
        Column("death_date", "date", "Date of death, where known."),
        Column(
            "ethnicity",
            "string",
            "Ethnic category, 2001 census code.",
            source="NHS Data Dictionary: ETHNIC CATEGORY",
        ),
        Column(
            "identities",
            "int64",
            "How many partners' records were linked.",
            True,
            unit="identities",
        ),
        Column("partners", "int64", "How many partners know the person.", True, unit="partners"),
    ),
)

REGISTRATIONS = Table(
    name="registrations",
    grain="One person at one practice from a date to a date",
    zone=Zone.PSEUDONYMOUS,
    key=("person_id", "practice_code", "start_date", "file_id", "source_row"),
    columns=(
        PERSON_ID,
        PARTNER,
        Column("practice_code", "string", "ODS code of the practice.", True),
        Column("start_date", "date", "First day on the list; null where not known."),
        Column("end_date", "date", "First day no longer on the list; null while on it."),
        KNOWN_DATE,
        FILE_ID,
        SOURCE_ROW,
    ),
)

RESIDENCES = Table(
    name="residences",
    grain="One person in one small area from a date to a date",
    zone=Zone.PSEUDONYMOUS,
    key=("person_id", "lsoa_code", "start_date", "file_id", "source_row"),
    columns=(
        PERSON_ID,
        PARTNER,
        Column(
            "lsoa_code",
            "string",
            "LSOA of the usual address.",
            True,
            source="ONS: lower layer super output areas",
        ),
        Column(
            "lsoa_vintage",
            "int64",
            "Census year whose LSOAs the code belongs to.",
            True,
            unit="year",
        ),
        Column("start_date", "date", "First day there; null where not known."),
        Column("end_date", "date", "First day no longer there; null while there."),
        KNOWN_DATE,
        FILE_ID,
        SOURCE_ROW,
    ),
)

EVENTS = Table(
    name="events",
    grain="One contact, attendance, spell, appointment, call, package, assessment or entry",
    zone=Zone.PSEUDONYMOUS,
    key=("event_id",),
    year_of="start_at",
    columns=(
        EVENT_ID,
        PERSON_ID,
        PARTNER,
        Column(
            "organisation",
            "string",
            "ODS code of the organisation or site that gave the care.",
            True,
        ),
        Column("setting", "string", "Kind of care.", True, codes=code_sets.SETTINGS),
        Column("kind", "string", "Kind of event.", True, codes=code_sets.EVENT_KINDS),
        Column("start_at", "timestamp(6)", "When it began, UTC.", True),
        Column("end_at", "timestamp(6)", "When it ended, UTC; null while it goes on."),
        Column("urgency", "string", "How urgent.", codes=code_sets.URGENCIES),
        Column("service", "string", "Specialty, team or service type, as the source codes it."),
        Column("source_code", "string", "Where the person came from, as the source codes it."),
        Column("destination_code", "string", "Where the person went, as the source codes it."),
        Column(
            "ready_at",
            "timestamp(6)",
            "When ready to leave (discharge-ready), UTC.",
            source="NHS Data Dictionary: DISCHARGE READY DATE",
        ),
        Column("outcome", "string", "How it ended.", codes=code_sets.OUTCOMES),
        Column("cost_pence", "int64", "Cost, where a unit cost was given.", unit="pence"),
        Column("raw_kind", "string", "The source's own code for the kind of event."),
        Column("raw_urgency", "string", "The source's own code for the urgency."),
        Column("raw_outcome", "string", "The source's own code for the outcome."),
        KNOWN_DATE,
        FILE_ID,
        SOURCE_ROW,
    ),
)

CODES = Table(
    name="codes",
    grain="One coded fact on an event",
    zone=Zone.PSEUDONYMOUS,
    key=("event_id", "system", "position"),
    year_of="recorded_date",
    columns=(
        EVENT_ID,
        PERSON_ID,
        Column("system", "string", "Code system.", True, codes=code_sets.CODE_SYSTEMS),
        Column("code", "string", "The code as received, trimmed.", True),
        Column("position", "int64", "Place among the event's codes, from 1.", True),
        Column("value", "float64", "Numeric value, where the fact has one."),
        Column("unit", "string", "Unit of the value."),
        Column("recorded_date", "date", "Date of the fact.", True),
        FILE_ID,
        SOURCE_ROW,
    ),
)

REFERRALS = Table(
    name="referrals",
    grain="One handoff of a person from one organisation to another",
    zone=Zone.PSEUDONYMOUS,
    key=("referral_id",),
    columns=(
        Column(
            "referral_id", "int64", "Identifies the referral, as `event_id` does an event.", True
        ),
        PERSON_ID,
        PARTNER,
        Column("from_organisation", "string", "ODS code of the sender."),
        Column("to_organisation", "string", "ODS code of the receiver.", True),
        Column("service", "string", "Service asked of, as the source codes it."),
        Column("urgency", "string", "How urgent.", codes=code_sets.URGENCIES),
        Column("sent_at", "timestamp(6)", "When it was sent or received, UTC.", True),
        Column("accepted_at", "timestamp(6)", "When it was accepted, UTC."),
        Column("first_contact_at", "timestamp(6)", "First contact that followed, UTC."),
        Column("closed_at", "timestamp(6)", "When it was closed, UTC."),
        Column("outcome", "string", "How it ended.", codes=code_sets.REFERRAL_OUTCOMES),
        Column("raw_urgency", "string", "The source's own code for the urgency."),
        Column("raw_outcome", "string", "The source's own code for the outcome."),
        KNOWN_DATE,
        FILE_ID,
        SOURCE_ROW,
    ),
)
