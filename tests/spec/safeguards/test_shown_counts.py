"""What a page may show of a count of people."""

from __future__ import annotations

import pytest

from joinedup.safeguards.disclosure import count_in_words, shown_count


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (0, "0"),
        (1, "fewer than 5"),
        (4, "fewer than 5"),
        (5, "5"),
        (7, "5"),
        (8, "10"),
        (1233, "1,235"),
    ],
)
def test_a_few_people_are_hidden_and_none_is_shown(people: int, words: str) -> None:
    assert count_in_words(shown_count(people)) == words
