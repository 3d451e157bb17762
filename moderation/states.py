"""Through which states a finding moves. Who may is asked by the actions, of the channel."""

from governance.transitions import Transition
from moderation.models import Item

ITEM = {"close": Transition(Item.State.OPEN, Item.State.CLOSED)}
