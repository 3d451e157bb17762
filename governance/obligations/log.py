"""How the log tells of an obligation: as something that happened to its subject."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from governance.audit import Line
from governance.models import Obligation


def line_about(row: Obligation, act: str, **facts: Any) -> Line:
    """A row of the log about the obligation's subject, where its timeline is looked for."""
    kind = ContentType.objects.get_for_id(row.subject_type_id)
    return Line(
        municipality_id=row.municipality_id,
        act=act,
        subject_type=f"{kind.app_label}.{kind.model}",
        subject_id=row.subject_id,
        subject_label=row.subject_label,
        clause=row.clause,
        policy_id=row.policy_id,
        facts={"obligation": row.pk, "duty": row.duty, "period": row.period, **facts},
    )
