"""The whole way, from a draft to an open channel."""

from channels.models import Channel, Plan
from tests.plans_of_town import opened
from tests.town import Town


def test_a_planned_channel_opens_when_every_step_is_taken(town: Town) -> None:
    channel = opened(town)
    assert channel.state == Channel.State.OPEN
    assert channel.plans.get().state == Plan.State.APPROVED
