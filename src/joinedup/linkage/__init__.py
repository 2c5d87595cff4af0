"""Which records are one person; the only user of Splink."""

from joinedup.linkage.explain import Explanation, Part, explain
from joinedup.linkage.model import Model
from joinedup.linkage.quality import Quality, ToReview, assess
from joinedup.linkage.route import Changed, Earlier, Linked, link
from joinedup.linkage.score import Accuracy, Score, score
from joinedup.linkage.state import CALIBRATION
from joinedup.linkage.train import train

__all__ = [
    "CALIBRATION",
    "Accuracy",
    "Changed",
    "Earlier",
    "Explanation",
    "Linked",
    "Model",
    "Part",
    "Quality",
    "Score",
    "ToReview",
    "assess",
    "explain",
    "link",
    "score",
    "train",
]
