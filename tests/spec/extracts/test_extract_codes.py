"""Every word of the invented lives has a code of the data set that it is sent in."""

from __future__ import annotations

from joinedup.synthetic import use_care
from joinedup.synthetic.extracts.care_services import COMMUNITY_TEAMS, MENTAL_HEALTH_TEAMS


def test_every_team_has_its_code() -> None:
    assert set(use_care.COMMUNITY_TEAMS) == set(COMMUNITY_TEAMS)
    assert set(use_care.MENTAL_HEALTH_TEAMS) == set(MENTAL_HEALTH_TEAMS)
