"""Taking the register of editors out of the house."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from channels.editors import RIGHT, Ground, Wanted, header, lines, narrowed, within_reach
from governance.audit import record
from governance.errors import NotAllowed
from governance.models import User
from governance.permissions import require_somewhere
from governance.spreadsheets import write_csv, write_xlsx


@transaction.atomic
def write_register(target: IO[bytes], kind: str, wanted: Wanted, *, by: User, now: datetime) -> int:
    """Write what is wanted of the register to `target` as `csv` or `xlsx`; returns how many rows.

    It holds what `by` may read, with the names that are shown. The log keeps who took how many
    rows by which filter. Raises NotAllowed without `see_editors` on any unit.
    """
    require_somewhere(by, RIGHT, now=now)
    if by.municipality is None:
        raise NotAllowed(_("You belong to no municipality."))
    ground = Ground.of(by.municipality, now)
    rows = lines(narrowed(within_reach(by, now), wanted, ground), ground)
    if kind == "xlsx":
        count = write_xlsx(target, _("Editors"), header(), rows)
    else:
        count = write_csv(target, header(), rows)
    record(
        "editors.exported",
        by.municipality,
        by=by,
        now=now,
        under=ground.central_rule,
        format=kind,
        rows=count,
        **wanted.facts(),
    )
    return count
