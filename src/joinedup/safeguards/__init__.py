"""Purpose, pseudonyms, disclosure checks and the record of looks."""

from joinedup.safeguards.leaks import Leak, find_leaks
from joinedup.safeguards.looks import record_look
from joinedup.safeguards.purpose import Purpose, decide

__all__ = ["Leak", "Purpose", "decide", "find_leaks", "record_look"]
