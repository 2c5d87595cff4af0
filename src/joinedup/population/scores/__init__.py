"""Scores of illness and frailty, from the codes that partners record."""

from joinedup.population.scores.code_lists import CodeList, Weight, read_code_list
from joinedup.population.scores.comorbidity import charlson, elixhauser
from joinedup.population.scores.found import ListedCode, found_by_codes
from joinedup.population.scores.from_lists import (
    CAMBRIDGE_CONDITIONS,
    CAMBRIDGE_WEIGHTS,
    CLEGG_AGE_YEARS,
    DEFICITS,
    cambridge_multimorbidity,
    electronic_frailty,
)
from joinedup.population.scores.hospital_frailty import (
    GILBERT_AGE_YEARS,
    GILBERT_LOOK_BACK_DAYS,
    hospital_frailty,
)
from joinedup.population.scores.maps import Condition, ScoreMap, score_map
from joinedup.population.scores.weighing import scores_at_once, weigh, weighed_conditions
from joinedup.population.scores.window import Window, dated_people

__all__ = [
    "CAMBRIDGE_CONDITIONS",
    "CAMBRIDGE_WEIGHTS",
    "CLEGG_AGE_YEARS",
    "DEFICITS",
    "GILBERT_AGE_YEARS",
    "GILBERT_LOOK_BACK_DAYS",
    "CodeList",
    "Condition",
    "ListedCode",
    "ScoreMap",
    "Weight",
    "Window",
    "cambridge_multimorbidity",
    "charlson",
    "dated_people",
    "electronic_frailty",
    "elixhauser",
    "found_by_codes",
    "hospital_frailty",
    "read_code_list",
    "score_map",
    "scores_at_once",
    "weigh",
    "weighed_conditions",
]
