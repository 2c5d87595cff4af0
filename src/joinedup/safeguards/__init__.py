"""Purpose, pseudonyms, disclosure checks and the record of looks."""

from joinedup.safeguards.disclosure import count_in_words, shown_count
from joinedup.safeguards.leaks import Leak, Seen, find_leaks, patients_texts, texts_in
from joinedup.safeguards.looks import account_name, record_look
from joinedup.safeguards.purpose import Purpose, decide

__all__ = [
    "Leak",
    "Purpose",
    "Seen",
    "account_name",
    "count_in_words",
    "decide",
    "find_leaks",
    "patients_texts",
    "record_look",
    "shown_count",
    "texts_in",
]
