"""Closed sets of values that the promised tables use, each with its meaning.

Partners' own codes are mapped to these by a feed's TOML; the raw codes are kept beside them.
"""

SETTINGS = {
    "general_practice": "A GP practice or a service run for it",
    "inpatient": "A hospital bed, day case included",
    "emergency": "An emergency department, of any type, or same-day emergency care",
    "outpatient": "A hospital clinic",
    "community": "Community health services, at home or in a clinic",
    "mental_health": "Specialist mental-health, learning-disability and autism services",
    "ambulance": "An emergency or urgent ambulance service",
    "social_care": "Adult social care arranged by a council",
    "voluntary": "A charity or community group",
    "civil_registration": "Registration of births and deaths",
}

EVENT_KINDS = {
    "appointment": "A booked contact, kept or not",
    "attendance": "An arrival at a clinic or emergency department",
    "spell": "A stay with one provider from admission to discharge",
    "episode": "A part of a spell under one consultant",
    "contact": "A care contact, by any medium",
    "incident": "A call that an ambulance service answered",
    "package": "A package of care over a period",
    "assessment": "An assessment or review of need",
    "request": "A request for support",
    "prescription": "A medicine issued",
    "entry": "A coded entry in a record with no contact of its own",
    "activity": "Support given by a charity or community group",
    "death": "A death registered",
}

URGENCIES = {
    "emergency": "Unplanned and at once",
    "urgent": "Sooner than routine",
    "routine": "Planned",
}

SEXES = {
    "female": "Female",
    "male": "Male",
    "indeterminate": "Neither male nor female, as recorded",
}

OUTCOMES = {
    "attended": "The contact took place",
    "did_not_attend": "The patient did not come and gave no notice",
    "cancelled_by_patient": "The patient cancelled",
    "cancelled_by_provider": "The provider cancelled",
    "died": "The patient died during it",
    "completed": "It ended as planned",
    "no_further_action": "It ended with nothing more to do",
}

REFERRAL_OUTCOMES = {
    "accepted": "Taken on",
    "rejected": "Sent back or turned down",
    "withdrawn": "Taken back by the sender or the patient",
    "completed": "Finished and closed",
}

ORGANISATION_KINDS = {
    "icb": "Integrated care board",
    "acute_trust": "NHS trust running general hospitals",
    "community_trust": "NHS trust running community or mental-health services, or both",
    "mental_health_trust": "NHS trust running mental-health services",
    "ambulance_trust": "NHS ambulance trust",
    "council": "Local authority with social-care duties",
    "practice": "General practice",
    "network": "Primary care network",
    "charity": "Voluntary, community or social enterprise organisation",
    "registrar": "Registration or national data body",
    "other": "Any other partner",
}

AREA_KINDS = {
    "lsoa": "Lower layer super output area",
    "neighbourhood": "A neighbourhood team's area of 30,000 to 50,000 people",
    "network": "The residents that a primary care network mostly serves",
    "place": "A place partnership's area",
    "council": "A local authority's area",
    "ambulance": "An ambulance trust's area",
    "system": "An integrated care system's area",
    "trust": "A trust that another trust became part of",
}

CODE_SYSTEMS = {
    "ICD-10": "International Classification of Diseases, 10th revision",
    "ICD-9": "International Classification of Diseases, 9th revision",
    "OPCS-4": "OPCS Classification of Interventions and Procedures",
    "SNOMED-CT": "SNOMED CT, UK edition",
    "dm+d": "NHS dictionary of medicines and devices",
    "BNF": "British National Formulary code",
    "CTV3": "Clinical Terms Version 3",
    "ECDS": "Emergency Care Data Set, a SNOMED CT subset named by the data set",
    "LOCAL": "A partner's own code",
    "OMOP": "OMOP concept identifier",
    "LOINC": "Logical Observation Identifiers Names and Codes",
    "RxNorm": "RxNorm",
}

DUPLICATE_OUTCOMES = {
    "accepted": "Read; each line is accepted or quarantined",
    "rejected": "Refused as a whole; every line is quarantined with the file's reason",
    "same_as_earlier": "The same bytes as a file already taken in; counted once",
}

FOOTPRINTS = {
    "neighbourhood": "Residents of a neighbourhood team's area",
    "place": "Residents of a place partnership's area",
    "council": "Residents of a local authority's area",
    "network": "Residents whom a primary care network mostly serves",
    "system": "Residents of an integrated care system's area",
    "practice": "People registered with a practice",
    "registered_network": "People registered with a primary care network's practices",
    "registered_system": "People registered with practices of the system",
    "provider": "Events at an organisation, whoever they were for",
}

BREAKDOWNS = {
    "all": "Everyone",
    "sex": "Sex",
    "age_group": "Age group",
    "deprivation": "Deprivation fifth of England",
    "ethnicity": "Ethnic group",
}

METHODS = {
    "proportion": "Proportion, interval by Wilson",
    "rate": "Crude rate, interval by Byar",
    "standardised_rate": "Rate directly standardised to the European Standard Population 2013, "
    "interval by Dobson",
}

SHOWN_STATUS = {
    "shown": "Shown",
    "zero": "Nought, which is safe to show",
    "suppressed": "Too small a number to show",
    "withheld_secondary": "Hidden so that a suppressed number cannot be worked out from it",
    "missing": "Not known",
    "too_few": "Too few events, or an age with nobody, for a standardised rate",
}
