"""The tables of moderation, a file per subject."""

from moderation.models.activity import ActivityDecision, LatestPost
from moderation.models.check_in import CheckIn
from moderation.models.declared import DeclaredPeriod, PeriodChannel
from moderation.models.inquiry import Inquiry, TimeCorrection
from moderation.models.item import Action, Evidence, HouseRules, Item, ItemSeries, Question
from moderation.models.morning_link import MorningLink
from moderation.models.report import SupervisionReport

__all__ = [
    "Action",
    "ActivityDecision",
    "CheckIn",
    "DeclaredPeriod",
    "Evidence",
    "HouseRules",
    "Inquiry",
    "Item",
    "ItemSeries",
    "LatestPost",
    "MorningLink",
    "PeriodChannel",
    "Question",
    "SupervisionReport",
    "TimeCorrection",
]
