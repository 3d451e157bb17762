"""Diary exports: asked for, made by the worker, downloaded. Every download is in the log."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from archive.models import Export
from archive.packages import write_diary_package
from archive.records import Period, count_records, plans_without_document, rows
from channels.actions.documents import render_plan
from governance import audit, files
from governance.alone import alone_with
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.files import ZIP, FileDamaged, FileRefused, store
from governance.models import StoredFile, Unit, User
from governance.permissions import require

#: How many records are written between two looks at the clock of the progress.
PROGRESS_STEP = 20


@transaction.atomic
def request_export(
    unit: Unit,
    starts_on: date,
    ends_on: date,
    kinds: Sequence[str],
    *,
    by: User,
    now: datetime,
) -> Export:
    """Ask for the records of a unit and those below it, both days included; the worker makes it.

    Raises NotAllowed, and AgainstPolicy for days in the wrong order or no kind chosen.
    """
    require(by, "export_diary", unit, now=now)
    if ends_on < starts_on:
        raise AgainstPolicy(_("The last day comes before the first."), field="ends_on")
    if not kinds:
        raise AgainstPolicy(_("Choose at least one kind of record."), field="kinds")
    counts = count_records(Period.of(unit, starts_on, ends_on), kinds)
    export = Export.objects.create(
        municipality=unit.municipality,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        kinds=list(kinds),
        requested_by=by,
        requested_at=now,
        counts=counts,
        total=sum(counts.values()),
    )
    audit.record(
        "export.requested",
        export,
        by=by,
        now=now,
        unit=unit.pk,
        starts_on=starts_on,
        ends_on=ends_on,
        kinds=list(kinds),
    )
    from archive.tasks import make_export  # the task calls back into this module

    transaction.on_commit(partial(make_export.delay, export.pk))
    return export


def exports_waiting() -> list[int]:
    """The exports without a package yet, the oldest first; a worker may be at them."""
    unfinished = (Export.State.WAITING, Export.State.RUNNING)
    rows = Export.objects.filter(state__in=unfinished).order_by("requested_at", "pk")
    return list(rows.values_list("pk", flat=True))


def build_export(export: Export, *, now: datetime) -> Export:
    """Make the package of an export that waits, or that a worker left half done.

    Two workers never make the same one: the second finds it locked and leaves it. A file that has
    been damaged, or a package too large to keep, makes the export fail with the reason; nothing
    half true is handed out.
    """
    with alone_with(export) as alone:
        export.refresh_from_db()
        if not alone or export.state not in {Export.State.WAITING, Export.State.RUNNING}:
            return export
        Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, done=0)
        try:
            package, counts = _package(export, now=now)
        except FileDamaged as damage:
            _fail(export, str(damage), now)
        except FileRefused as refusal:
            _fail(export, " ".join(refusal.messages), now)
        else:
            with transaction.atomic():
                Export.objects.filter(pk=export.pk).update(
                    state=Export.State.READY,
                    package=package,
                    counts=counts,
                    total=sum(counts.values()),
                    done=sum(counts.values()),
                    finished_at=now,
                )
                audit.record(
                    "export.made",
                    export,
                    by=User.objects.system(),
                    now=now,
                    sha256=package.sha256,
                    records=counts,
                )
            audit.checkpoint_or_tell(export.municipality, now=now)
    export.refresh_from_db()
    return export


def _fail(export: Export, problem: str, now: datetime) -> None:
    Export.objects.filter(pk=export.pk).update(
        state=Export.State.FAILED, problem=problem[:300], finished_at=now
    )


def _package(export: Export, *, now: datetime) -> tuple[StoredFile, dict[str, int]]:
    municipality = export.municipality
    period = Period.of(export.unit, export.starts_on, export.ends_on)
    if Export.Kind.PLAN in export.kinds:
        # a plan counts from its approval, and its document is made by another task
        for version_pk in plans_without_document(period):
            render_plan(version_pk, now=now)
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="export-") as folder,
        translation.override(municipality.locale),
        timezone.override(municipality.zone),
    ):
        path = Path(folder) / "package.zip"
        counts = write_diary_package(
            path,
            rows(period, export.kinds),
            about=_about(export, now),
            progress=partial(_show_progress, export.pk),
        )
        diary = _("diary")
        with path.open("rb") as made:
            package = store(
                File(made),
                municipality=municipality,
                name=f"{diary}-{export.starts_on}-{export.ends_on}.zip",
                by=export.requested_by,
                now=now,
                allow=ZIP,
                limit=files.MAX_PACKAGE_BYTES,
            )
    return package, counts


def _about(export: Export, now: datetime) -> dict[str, Any]:
    return {
        "municipality": export.municipality.name,
        "unit": export.unit.name,
        "from": export.starts_on.isoformat(),
        "to": export.ends_on.isoformat(),
        "kinds": export.kinds,
        "made_at": now.isoformat(),
        "time_zone": export.municipality.time_zone,
    }


def _show_progress(pk: int, done: int) -> None:
    if done % PROGRESS_STEP == 0:
        Export.objects.filter(pk=pk).update(done=done)


@transaction.atomic
def download_export(export: Export, *, by: User, now: datetime) -> StoredFile:
    """The package, after the log has been told who took it.

    Raises NotAllowed, and NoLongerPossible where there is no package (yet).
    """
    require(by, "export_diary", export.unit, now=now)
    if export.package is None:
        raise NoLongerPossible(_("There is no package to download yet."))
    audit.record("export.downloaded", export, by=by, now=now, sha256=export.package.sha256)
    return export.package
