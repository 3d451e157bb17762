"""Whether a municipality already speaks at an address, has done so, or is asked to."""

from __future__ import annotations

from dataclasses import dataclass

from channels.models import Channel, Plan, Platform
from channels.platforms import Account, recognise
from governance.models import Municipality


@dataclass(frozen=True)
class Found:
    """An account, and what the municipality has there.

    `used_by` waits or is open, `closed` was closed most recently, `asked_for` is a submitted plan.
    """

    account: Account
    used_by: Channel | None
    closed: Channel | None
    asked_for: Plan | None


def recognise_address(
    text: str, municipality: Municipality, *, apart_from: Plan | None = None
) -> Found:
    """The account at a pasted address and what is known of it here, a plan of one's own apart.

    Raises platforms.AddressRefused with a message for the field.
    """
    account = recognise(text, Platform.objects.filter(active=True))
    here = Channel.objects.filter(municipality=municipality, url__in=account.urls)
    plans = Plan.objects.filter(
        municipality=municipality, url__in=account.urls, state=Plan.State.SUBMITTED
    )
    if apart_from is not None:
        here = here.exclude(plans=apart_from)
        plans = plans.exclude(pk=apart_from.pk)
    return Found(
        account,
        used_by=here.filter(state__in=(Channel.State.WAITING, Channel.State.OPEN)).first(),
        closed=here.filter(state=Channel.State.CLOSED).order_by("-closed_on").first(),
        asked_for=plans.first(),
    )
