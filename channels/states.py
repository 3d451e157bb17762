"""Through which states plans and channels move, and by which verbs.

No right stands in the tables: who takes a step is named by the policy, and the actions ask it.
"""

from channels.models import Channel, Plan
from governance.transitions import Transition

PLAN = {
    "submit": Transition(Plan.State.DRAFT, Plan.State.SUBMITTED),
    "return": Transition(Plan.State.SUBMITTED, Plan.State.DRAFT),
    "approve": Transition(Plan.State.SUBMITTED, Plan.State.APPROVED),
    "replace": Transition(Plan.State.APPROVED, Plan.State.REPLACED),
    "reject": Transition(Plan.State.SUBMITTED, Plan.State.REJECTED),
    "withdraw": Transition(Plan.State.SUBMITTED, Plan.State.WITHDRAWN),
    "discard": Transition(Plan.State.DRAFT, Plan.State.WITHDRAWN),
}

CHANNEL = {
    "open": Transition(Channel.State.WAITING, Channel.State.OPEN),
    "refuse": Transition(Channel.State.WAITING, Channel.State.REFUSED),
}
