"""What the installation's operator does with the platforms, which are the same for everybody.

A change reaches every municipality of the installation, so none of their people makes it, and the
log of each tells of it. What was changed here stays when the program brings its list anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from channels.models import Platform, PlatformRename
from channels.patterns import PatternRefused, require_usable
from channels.platforms import FACTS, AddressRefused, bare, host_of, shipped
from governance.audit import Line, record_many
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, User
from governance.permissions import require_operator
from governance.public_pages import touch


@transaction.atomic
def add_platform(*, key: str, by: User, now: datetime, **facts: Any) -> Platform:
    """Add a platform that the program does not ship. `facts` are those of `platforms.FACTS`.

    Raises NotAllowed for whoever is no operator, AgainstPolicy with its field for what cannot be.
    """
    require_operator(by)
    others = _locked()
    if any(each.key == key for each in others):
        raise AgainstPolicy(_("There is a platform with this key already."), field="key")
    platform = Platform(key=key, **_known(facts))
    require_recognisable(platform, others)
    _save(platform, sorted(facts), by=by, now=now)
    _tell("platform.added", platform, sorted(facts), by=by, now=now)
    return platform


@transaction.atomic
def change_platform(platform: Platform, *, by: User, now: datetime, **changes: Any) -> Platform:
    """Change what is known of a platform. A new name puts the old one among the former names.

    Assessments of personal data that rested on another transfer, or on another control of
    visitors' posts, are stale from now on. Raises as `add_platform` does.
    """
    require_operator(by)
    platform, others = _apart(platform, _locked())
    facts = _known(changes)
    name = facts.get("name", platform.name)
    if name != platform.name:
        if not platform.has_name_of_its_own:
            raise AgainstPolicy(
                _("It is called by what it is, in each reader's language."), field="name"
            )
        former = facts.get("former_names", platform.former_names)
        kept = [each for each in former if each not in (name, platform.name)]
        facts["former_names"] = [*kept, platform.name]
    return _change(platform, facts, others, by=by, now=now)


@transaction.atomic
def restore_platform(platform: Platform, *, by: User, now: datetime) -> Platform:
    """Take a platform back to what the program ships; it follows that from now on.

    Raises NotAllowed for whoever is no operator, NoLongerPossible for one that does not ship or
    does not differ, AgainstPolicy where another platform has one of its hosts by now.
    """
    require_operator(by)
    platform, others = _apart(platform, _locked())
    if platform.key not in shipped():
        raise NoLongerPossible(_("The program ships no platform of this key."))
    if not platform.changed_here:
        raise NoLongerPossible(_("It is as the program ships it."))
    return _change(platform, dict(shipped()[platform.key]), others, by=by, now=now)


def _locked() -> list[Platform]:
    """Every platform, held against other operators: what one may claim depends on all."""
    list(Platform.objects.select_for_update(no_key=True).order_by("pk"))
    return list(Platform.objects.order_by("pk"))  # also those that came while we waited


def _apart(platform: Platform, every: Iterable[Platform]) -> tuple[Platform, list[Platform]]:
    others = {each.pk: each for each in every}
    return others.pop(platform.pk), list(others.values())


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} of a platform is not changed this way.")
    return dict(facts)


def _change(
    platform: Platform,
    facts: Mapping[str, Any],
    others: Sequence[Platform],
    *,
    by: User,
    now: datetime,
) -> Platform:
    before = {name: getattr(platform, name) for name in facts}
    for name, value in facts.items():
        setattr(platform, name, value)
    require_recognisable(platform, others)
    # once written as they are compared
    changed = sorted(name for name in facts if getattr(platform, name) != before[name])
    if "hosts" in changed:
        _require_kept(platform, before["hosts"])
    if changed or platform.changed_here:
        _save(platform, changed, by=by, now=now)
    if "name" in changed:
        PlatformRename.objects.create(platform=platform, former_name=before["name"], by=by, at=now)
    if changed:
        _tell("platform.changed", platform, changed, by=by, now=now)
    return platform


def _save(platform: Platform, changed: Iterable[str], *, by: User, now: datetime) -> None:
    ships = shipped().get(platform.key)
    platform.changed_here = sorted(
        name
        for name in {*platform.changed_here, *changed}
        if ships is None or getattr(platform, name) != ships[name]
    )
    platform._history_user = by  # type: ignore[attr-defined]  # both are read by the history
    platform._history_date = now  # type: ignore[attr-defined]
    platform.save()


def _tell(act: str, platform: Platform, fields: Sequence[str], *, by: User, now: datetime) -> None:
    """Put the act into the log of every municipality, whose public pages may show it."""
    everywhere = list(Municipality.objects.order_by("pk"))
    for each in everywhere:
        touch(each)
    lines = (
        Line(
            municipality_id=each.pk,
            act=act,
            subject_type=Platform._meta.label_lower,
            subject_id=platform.pk,
            subject_label=platform.name,
            facts={"key": platform.key, "fields": list(fields)},
        )
        for each in everywhere
    )
    record_many(lines, by=by, now=now)


# --- what can be --------------------------------------------------------------------------------


def require_recognisable(platform: Platform, others: Iterable[Platform]) -> None:
    """Write the hosts of an unsaved platform as they are compared, and see that it works beside
    the others. Raises AgainstPolicy with the field."""
    others = list(others)
    if any(each.name.casefold() == platform.name.casefold() for each in others):
        raise AgainstPolicy(_("Another platform is called so."), field="name")
    platform.hosts = list(dict.fromkeys(map(_host, platform.hosts)))
    if not platform.hosts and (platform.patterns or platform.account_in_host):
        raise AgainstPolicy(_("Write the host that its addresses begin with."), field="hosts")
    if platform.hosts and not platform.patterns and not platform.account_in_host:
        raise AgainstPolicy(
            _("Write a pattern: without one, no account there is recognised."), field="patterns"
        )
    for host in platform.hosts:
        _require_unclaimed(host, platform, others)
    for number, pattern in enumerate(platform.patterns, 1):
        try:
            require_usable(pattern)
        except PatternRefused as refused:
            raise AgainstPolicy(
                _("Line %(n)d: %(fault)s") % {"n": number, "fault": refused}, field="patterns"
            ) from None


def _host(text: str) -> str:
    try:
        return host_of(text)
    except AddressRefused:
        raise AgainstPolicy(
            _("“%(text)s” is no host: write it as in www.example.org.") % {"text": text},
            field="hosts",
        ) from None


def _require_unclaimed(host: str, platform: Platform, others: Iterable[Platform]) -> None:
    for other in others:
        for theirs in other.hosts:
            if (
                bare(host) == bare(theirs)
                or (other.account_in_host and host.endswith(f".{theirs}"))
                or (platform.account_in_host and theirs.endswith(f".{host}"))
            ):
                raise AgainstPolicy(
                    _("%(host)s belongs to %(platform)s.") % {"host": host, "platform": other},
                    field="hosts",
                )


def _require_kept(platform: Platform, before: Iterable[str]) -> None:
    """A channel that was entered at a host stays found there."""
    for host in before:
        entered = Q(url__startswith=f"https://{host}/") | Q(url__contains=f".{host}/")
        if host not in platform.hosts and platform.channels.filter(entered).exists():
            raise AgainstPolicy(
                _("Channels are entered at %(host)s: keep it among the hosts.") % {"host": host},
                field="hosts",
            )
