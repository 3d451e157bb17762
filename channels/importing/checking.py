"""What a table would do to the register: its faults, what is new, what is there already.

The dry run and the carrying out ask the same, the second under a lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.importing.channels import check_channels
from channels.importing.columns import Kind, Mapped
from channels.importing.found import Found, New, There
from channels.importing.known import known, known_channels, known_people
from channels.importing.people import check_people
from channels.importing.reading import Table
from channels.importing.rows import Fault, Row, rows_of
from channels.importing.units import check_units
from governance.models import Municipality


@dataclass(frozen=True)
class Checked:
    """What was found, in the order of the lines.

    `new` would be made (of lines without faults), `there` is left as it is, `remarks` hinder
    nothing. `missing` are units that are named and not there, each with its lines.
    """

    faults: list[Fault]
    remarks: list[Fault]
    new: list[New]
    there: list[There]
    missing: dict[str, list[int]]


def check(
    kind: str,
    table: Table,
    mapped: Mapped,
    municipality: Municipality,
    now: datetime,
    *,
    makes_units: bool = False,
) -> Checked:
    """Hold the table against what the municipality has. A few queries, however many its lines.

    `makes_units`: units that are missing will be made first.
    """
    rows = list(rows_of(kind, table, mapped))
    found = Found(makes_units)
    match kind:
        case Kind.UNITS:
            check_units(rows, known(municipality, (), now), found)
        case Kind.PEOPLE:
            emails = _emails(rows, "email")
            check_people(rows, known_people(municipality, emails, now), found)
        case Kind.CHANNELS:
            emails = _emails(rows, "responsible_email", "responsible")
            check_channels(rows, known_channels(municipality, emails, now), found)
    faulty = {row.number for row in rows if row.faults}
    return Checked(
        faults=sorted(fault for row in rows for fault in row.faults),
        remarks=sorted(remark for row in rows for remark in row.remarks),
        new=[each for each in found.new if each.line not in faulty],
        there=found.there,
        missing=found.missing,
    )


def _emails(rows: list[Row], *keys: str) -> set[str]:
    """What may be e-mails in those columns, in small letters as they are kept."""
    return {row[key].lower() for row in rows for key in keys if "@" in row[key]}
