"""Who holds access to a channel's account, what is missing, and the sealed login.

The *record* of who holds access is what the policies ask for. Handing over the login itself is
optional (requirements A.9 #35); then it is sealed, and opened only for a named holder who says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from channels.models import Channel, Custody, Secret, SecretLook
from channels.rights import may_on
from channels.scope import scope_of
from channels.steps import ON_CHANNEL, holders_on_channel
from governance import sealing
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Municipality, Obligation, User
from governance.obligations import Ground, by_turn, meet, open_obligations
from governance.obligations import Plan as Owing
from governance.permissions import holds, may
from governance.policy.in_force import policy_for
from governance.policy.types import Holders, Policy, Stated
from governance.roles import Role
from governance.transitions import locked

CUSTODY = "custody"
LONGEST_SECRET: Final = 2000


# --- what the policy asks for -----------------------------------------------------------------


def holders_rule(policy: Policy, channel: Channel) -> Stated | None:
    """The rule on who must hold access to the channel, or None where the policy has none."""
    rule = policy.rule("credentials.holders", scope_of(channel))
    return rule if isinstance(rule, Stated) and isinstance(rule.value, Holders) else None


def custody_gaps(channel: Channel, now: datetime) -> tuple[Role, ...]:
    """The roles that must hold access and do not; where one of several is enough, all of them."""
    rule = holders_rule(policy_for(channel.unit, now), channel)
    if rule is None:
        return ()
    held = set(channel.custodies.filter(ended_at__isnull=True).values_list("role", flat=True))
    return _missing(rule, held)


def _missing(rule: Stated, held: set[str]) -> tuple[Role, ...]:
    holders = rule.value
    assert isinstance(holders, Holders)  # noqa: S101 - holders_rule saw to it
    missing = tuple(role for role in holders.roles if role not in held)
    if holders.needs == "one" and len(missing) < len(holders.roles):
        return ()
    return missing


def custody_plans(municipality: Municipality, now: datetime) -> list[Owing]:
    """What is owed about access in the municipality: one obligation for each missing holder."""
    channels = Channel.objects.filter(
        municipality=municipality, state=Channel.State.OPEN
    ).select_related("unit__municipality", "platform", "municipality")
    return _plans(channels, municipality, policy_for(municipality, now))


def open_custody_duties(channels: Iterable[Channel], *, now: datetime) -> None:
    """Open a duty for every holder that these channels lack. Safe to repeat."""
    by_place: dict[int, list[Channel]] = {}
    for channel in channels:
        if channel.state == Channel.State.OPEN:
            by_place.setdefault(channel.municipality_id, []).append(channel)
    for mine in by_place.values():
        place = mine[0].municipality
        open_obligations(_plans(mine, place, policy_for(place, now)), now=now)


def _plans(channels: Iterable[Channel], municipality: Municipality, policy: Policy) -> list[Owing]:
    """Two queries at most, whatever the number of channels."""
    channels = list(channels)
    rows = (
        Custody.objects.filter(channel__in=channels)
        .values("channel", "role")
        .annotate(
            running=Count("pk", filter=Q(ended_at__isnull=True)),
            ended=Count("pk", filter=Q(ended_at__isnull=False)),
        )
    )
    held: dict[int, set[str]] = {}
    ended: dict[tuple[int, str], int] = {}
    for row in rows:
        ended[row["channel"], row["role"]] = row["ended"]
        if row["running"]:
            held.setdefault(row["channel"], set()).add(row["role"])
    plans = []
    for channel in channels:
        rule = holders_rule(policy, channel)
        if rule is None:
            continue
        for role in _asked_for(rule, _missing(rule, held.get(channel.pk, set()))):
            times = ended.get((channel.pk, role), 0)
            plans.append(
                Owing(
                    duty=CUSTODY,
                    subject=channel,
                    unit=channel.unit,
                    who=rule.who[0] if rule.who else Role.CHANNEL_OWNER,
                    period=f"{role}/{times}",
                    rule=rule,
                    label=_label(channel, Role(role), municipality.locale),
                )
            )
    return plans


def _label(channel: Channel, role: Role, language: str) -> str:
    """What stands on the row, for everybody: in the municipality's language, not a worker's."""
    with translation.override(language):
        return _("%(channel)s: access for %(role)s") % {"channel": channel, "role": role.label}


def _asked_for(rule: Stated, missing: tuple[Role, ...]) -> tuple[Role, ...]:
    """Where one of several is enough, one duty is."""
    one = isinstance(rule.value, Holders) and rule.value.needs == "one"
    return missing[:1] if one else missing


def custody_plan_again(row: Obligation, ground: Ground, _now: datetime) -> Owing | None:
    """The same missing access under the policy now in force, or None where it asks for none."""
    place, policy = ground.municipality, ground.in_force
    plans = ground.once(row, lambda channels: by_turn(_plans(channels, place, policy)))
    return plans.get((row.subject_id, row.period))


# --- handing over -----------------------------------------------------------------------------


@transaction.atomic
def hand_over_login(
    channel: Channel,
    role: Role,
    holder: User,
    *,
    by: User,
    now: datetime,
    kind: Custody.Kind = Custody.Kind.LOGIN,
    where: str = "",
) -> Custody:
    """Record that the holder of a role has access from today. Meets the duty to hand it over.

    Raises NotAllowed for those who neither look after the account nor receive it, AgainstPolicy
    for a person who does not hold the role, NoLongerPossible where it is on record.
    """
    channel = locked(channel)
    if by != holder:
        _require_keeper(channel, by=by, now=now)
    if not _holds_role(holder, role, channel, now):
        raise AgainstPolicy(
            _("%(name)s is not %(role)s for this channel.")
            % {"name": holder.shown_name, "role": Role(role).label},
            field="holder",
        )
    there = channel.custodies.filter(role=role, holder=holder, ended_at__isnull=True).first()
    if there is not None:
        name = there.handed_over_by.shown_name
        raise NoLongerPossible(_("%(name)s has recorded it already.") % {"name": name}, by=name)
    custody = Custody.objects.create(
        municipality=channel.municipality,
        channel=channel,
        role=role,
        holder=holder,
        kind=kind,
        where=where.strip(),
        since=channel.municipality.today(now),
        handed_over_by=by,
    )
    _meet_what_is_no_longer_missing(channel, by=by, now=now)
    rule = holders_rule(policy_for(channel.unit, now), channel)
    record(
        "custody.handed_over",
        channel,
        by=by,
        now=now,
        under=rule,
        custody=custody.pk,
        holder=holder.pk,
        role=role,
    )
    return custody


def _holds_role(user: User, role: Role, channel: Channel, now: datetime) -> bool:
    if user.municipality_id != channel.municipality_id:
        return False
    if role == Role.CHANNEL_OWNER:
        # the account is owned by its administrators together; the first of them answers for it
        owning = [role, Role.ADMINISTRATOR]
        rows = [row for each in owning for row in holders_on_channel(channel, each, now)]
        return any(row.user_id == user.pk for row in rows)
    if role in ON_CHANNEL:
        return any(row.user_id == user.pk for row in holders_on_channel(channel, role, now))
    grant = holds(user, [role], channel.unit, now)
    return grant is not None and grant.instead_of is None


def _meet_what_is_no_longer_missing(channel: Channel, *, by: User, now: datetime) -> None:
    missing = custody_gaps(channel, now)
    for row in Obligation.objects.about(channel).open().filter(duty=CUSTODY):
        if row.period.partition("/")[0] not in missing:
            meet(row, by=by, now=now)


def _require_keeper(channel: Channel, *, by: User, now: datetime) -> None:
    """Whoever administers the account, or looks after accounts at the unit."""
    if may(by, "administer_accounts", channel.unit, now) or may_on(
        by, "edit_channel", channel, now
    ):
        return
    raise NotAllowed(_("This is for the channel's administrators and the communications unit."))


@transaction.atomic
def verify_custody(custody: Custody, *, by: User, now: datetime) -> Custody:
    """Note that the access was tried today and works.

    Raises NotAllowed for others than the holder and the account's keepers, NoLongerPossible where
    the access has ended.
    """
    custody = _running(custody)
    if by != custody.holder:
        _require_keeper(custody.channel, by=by, now=now)
    custody.verified_on, custody.verified_by = custody.municipality.today(now), by
    custody.save(update_fields=["verified_on", "verified_by"])
    record(
        "custody.verified", custody.channel, by=by, now=now, custody=custody.pk, role=custody.role
    )
    return custody


@transaction.atomic
def end_custody(custody: Custody, *, by: User, now: datetime) -> Custody:
    """Note that the holder no longer has access. What is missing then becomes a duty again.

    Raises as `verify_custody` does.
    """
    custody = _running(custody)
    if by != custody.holder:
        _require_keeper(custody.channel, by=by, now=now)
    _end(custody, by=by, now=now)
    record("custody.ended", custody.channel, by=by, now=now, custody=custody.pk, role=custody.role)
    return custody


def end_access_of(user: User, channel: Channel, *, by: User, now: datetime) -> None:
    """End the access that somebody held in a role on the channel they no longer have.

    Part of ending an assignment, which records itself.
    """
    rows = channel.custodies.filter(holder=user, role__in=ON_CHANNEL, ended_at__isnull=True)
    for custody in rows.select_for_update(of=("self",), no_key=True):
        if not _holds_role(user, Role(custody.role), channel, now):
            _end(custody, by=by, now=now)


def _end(custody: Custody, *, by: User, now: datetime) -> None:
    custody.ended_at, custody.ended_by = now, by
    custody.save(update_fields=["ended_at", "ended_by"])
    open_custody_duties([custody.channel], now=now)


def _running(custody: Custody) -> Custody:
    custody = locked(custody)
    if custody.ended_at is not None and custody.ended_by is not None:
        name = custody.ended_by.shown_name
        raise NoLongerPossible(
            _("The access was ended by %(name)s.") % {"name": name}, by=name, at=custody.ended_at
        )
    return custody


# --- the login itself -------------------------------------------------------------------------


@sensitive_variables("login")
@transaction.atomic
def store_secret(channel: Channel, login: str, *, by: User, now: datetime) -> Secret:
    """Seal the login in place of what was kept before. It is never shown in any list or log.

    Raises NotAllowed for others than the account's keepers and holders, AgainstPolicy for an empty
    or overlong text.
    """
    channel = locked(channel)
    if not _holds_access(channel, by):
        _require_keeper(channel, by=by, now=now)
    if not login.strip() or len(login) > LONGEST_SECRET:
        raise AgainstPolicy(
            _("Write between 1 and %(n)d characters.") % {"n": LONGEST_SECRET}, field="login"
        )
    secret, is_new = Secret.objects.select_for_update(no_key=True).get_or_create(
        channel=channel, defaults={"token": b"", "stored_by": by, "stored_at": now}
    )
    # the row must exist first: its key is part of what the token is bound to
    secret.token = sealing.seal(login.encode(), sealing.context_of(secret, "token"))
    secret.stored_by, secret.stored_at = by, now
    secret.save(update_fields=["token", "stored_by", "stored_at"])
    record("secret.stored", channel, by=by, now=now, replaced=not is_new)
    return secret


@transaction.atomic
def look_at_secret(secret: Secret, *, reason: str, by: User, now: datetime) -> sealing.Secret:
    """The login, for a named holder who says why. The look is on record before it is shown.

    Raises NotAllowed for whoever has no access on record, deputies included, AgainstPolicy without
    a reason, sealing.CannotUnseal for a damaged token.
    """
    secret = locked(secret)
    if not _holds_access(secret.channel, by):
        raise NotAllowed(_("Only those who hold access on record can have the login opened."))
    if not reason.strip():
        raise AgainstPolicy(_("Write why you need the login."), field="reason")
    opened = sealing.unseal(bytes(secret.token), sealing.context_of(secret, "token"))
    look = SecretLook.objects.create(secret=secret, by=by, at=now, reason=reason.strip()[:300])
    record(
        "secret.looked_at",
        secret.channel,
        by=by,
        now=now,
        look=look.pk,
        reason=digest(look.reason, secret.municipality),
    )
    return opened


@transaction.atomic
def reseal_secret(secret: Secret, *, by: User, now: datetime) -> bool:
    """Seal the login under the key that seals today; False where it already is.

    Raises sealing.CannotUnseal where no key in the ring opens it.
    """
    secret = locked(secret)
    token = bytes(secret.token)
    if sealing.is_current(token):
        return False
    secret.token = sealing.reseal(token, sealing.context_of(secret, "token"))
    secret.save(update_fields=["token"])
    record("secret.resealed", secret.channel, by=by, now=now)
    return True


def _holds_access(channel: Channel, user: User) -> bool:
    return channel.custodies.filter(holder=user, ended_at__isnull=True).exists()
