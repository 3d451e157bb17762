"""Who stands in for the absent: their deputy, or the deputy of a deputy who is away as well.

A line of deputies may end with nobody who is there, or lead back to where it began; then nobody
stands in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models.expressions import RawSQL

from governance.models import User

_STAND_INS = """
WITH RECURSIVE line (absent_id, deputy_id) AS (
    SELECT user_id, deputy_id FROM governance_absence
    WHERE user_id = ANY(%(users)s) AND %(day)s BETWEEN starts_on AND ends_on
    UNION
    SELECT line.absent_id, away.deputy_id
    FROM line JOIN governance_absence AS away
      ON away.user_id = line.deputy_id AND %(day)s BETWEEN away.starts_on AND away.ends_on
)
SELECT person.*, line.absent_id
FROM line JOIN governance_user AS person ON person.id = line.deputy_id
WHERE NOT EXISTS (
    SELECT FROM governance_absence AS away
    WHERE away.user_id = person.id AND %(day)s BETWEEN away.starts_on AND away.ends_on
)
"""

_STOOD_IN_FOR = """
WITH RECURSIVE behind (id) AS (
    SELECT user_id FROM governance_absence
    WHERE deputy_id = %s AND %s BETWEEN starts_on AND ends_on
    UNION
    SELECT away.user_id
    FROM behind JOIN governance_absence AS away
      ON away.deputy_id = behind.id AND %s BETWEEN away.starts_on AND away.ends_on
)
SELECT id FROM behind WHERE id <> %s
"""


def stand_ins(users: Collection[int], day: date) -> dict[int, User]:
    """Who acts on `day` for those of the users (keys) who are away, by the absent one's key.

    One query. Somebody who is there, or for whom nobody stands in, has no entry.
    """
    found = User.objects.raw(_STAND_INS, {"day": day, "users": sorted(users)})
    return {person.absent_id: person for person in found}  # type: ignore[attr-defined]


def stood_in_for(user: User, day: date) -> RawSQL:
    """The keys of those in whose stead the person may act on `day`, for a filter.

    They are away, and so is whoever stands between them and the person in the line of deputies.
    """
    return RawSQL(_STOOD_IN_FOR, [user.pk, day, day, user.pk])  # noqa: S611 - nothing typed in it
