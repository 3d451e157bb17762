"""Asking for a document on supervision, making it, handing it out. Each is in the log."""

from __future__ import annotations

import logging
from datetime import date, datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance import audit, render
from governance.alone import alone_with
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.files import PDF, FileDamaged, FileRefused, store
from governance.logo import content_of
from governance.models import StoredFile, Unit, User
from governance.permissions import require
from moderation.models import SupervisionReport
from moderation.overview.paper import SupervisionPaper, supervision_paper
from moderation.overview.reach import RIGHT

State = SupervisionReport.State

logger = logging.getLogger(__name__)

#: Days that one document covers at most: a leap year.
LONGEST: Final = 366
#: Where the template has the logo from.
_LOGO: Final = "picture:logo"


@transaction.atomic
def request_report(
    unit: Unit, starts_on: date, ends_on: date, *, by: User, now: datetime
) -> SupervisionReport:
    """Ask for the document on a unit and those below it; the worker makes it.

    Raises NotAllowed without `see_overview` on the unit, and AgainstPolicy (field `ends_on`) for
    days in the wrong order, days to come, or more than a year.
    """
    require(by, RIGHT, unit, now=now)
    if ends_on < starts_on:
        raise AgainstPolicy(_("The last day comes before the first."), field="ends_on")
    if ends_on > unit.municipality.today(now):
        raise AgainstPolicy(_("The last day cannot lie ahead."), field="ends_on")
    if (ends_on - starts_on).days >= LONGEST:
        raise AgainstPolicy(_("The document covers a year at most."), field="ends_on")
    report = SupervisionReport.objects.create(
        municipality=unit.municipality,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        requested_by=by,
        requested_at=now,
    )
    audit.record(
        "report.requested",
        report,
        by=by,
        now=now,
        unit=unit.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    from moderation.tasks import make_report  # the task calls back into this module

    transaction.on_commit(partial(make_report.delay, report.pk))
    return report


def reports_waiting() -> list[int]:
    """The reports without a document yet, the oldest first."""
    rows = SupervisionReport.objects.filter(state=State.WAITING).order_by("requested_at", "pk")
    return list(rows.values_list("pk", flat=True))


def make_report(pk: int, *, now: datetime) -> SupervisionReport:
    """Make and keep the document of a report that waits; one that is made stays as it is.

    The log is signed first, so that the document can say up to which row it speaks. Two workers
    never make the same one: the second finds it locked and leaves it. One that cannot be made has
    failed, for the same would stop it at every turn; whoever needs it asks again.
    """
    report = SupervisionReport.objects.select_related("municipality", "unit").get(pk=pk)
    with alone_with(report) as alone:
        report.refresh_from_db()
        if not alone or report.state != State.WAITING:
            return report
        try:
            mark = audit.checkpoint_or_tell(report.municipality, now=now)
            content = printed(supervision_paper(report, mark, now))
            _keep(report, content, now=now)
        except FileRefused as refusal:
            _fail(report, " ".join(refusal.messages))
        except FileDamaged as damage:
            _fail(report, str(damage))
        except Exception as fault:
            logger.exception("The report on supervision %s could not be made", pk)
            _fail(report, type(fault).__name__)
    report.refresh_from_db()
    return report


def printed(paper: SupervisionPaper) -> bytes:
    """The paper as a PDF in the municipality's language."""
    place = paper.municipality
    with translation.override(place.locale), timezone.override(place.zone):
        return render.pdf(
            "documents/supervision.html",
            {"paper": paper, "logo": _LOGO},
            language=place.locale,
            pictures={_LOGO: content_of(paper.logo)} if paper.logo else {},
        )


@transaction.atomic
def _keep(report: SupervisionReport, content: bytes, *, now: datetime) -> None:
    place, system = report.municipality, User.objects.system()
    report.file = store(
        content, municipality=place, name=f"{report}.pdf", by=system, now=now, allow=PDF
    )
    report.state, report.made_at = State.READY, now
    report.save(update_fields=["state", "file", "made_at"])
    audit.record("report.made", report, by=system, now=now, sha256=report.file.sha256)


def _fail(report: SupervisionReport, problem: str) -> None:
    """Say on the row why there is no document: in words, or by the kind of the fault alone."""
    SupervisionReport.objects.filter(pk=report.pk).update(state=State.FAILED, problem=problem[:300])


@transaction.atomic
def download_report(report: SupervisionReport, *, by: User, now: datetime) -> StoredFile:
    """The document, after the log has been told who took it.

    Raises NotAllowed, and NoLongerPossible where there is no document (yet).
    """
    require(by, RIGHT, report.unit, now=now)
    if report.file is None:
        raise NoLongerPossible(_("There is no document to download yet."))
    audit.record("report.downloaded", report, by=by, now=now, sha256=report.file.sha256)
    return report.file
