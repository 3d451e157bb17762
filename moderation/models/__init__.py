"""The tables of moderation, a file per subject."""

from moderation.models.check_in import CheckIn
from moderation.models.item import Action, Evidence, HouseRules, Item, ItemSeries, Question

__all__ = ["Action", "CheckIn", "Evidence", "HouseRules", "Item", "ItemSeries", "Question"]
