"""Whether the audit log is what was once signed: every row, every gap, every checkpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import checkpoint_file, merkle
from governance.audit import leaf_of
from governance.models import AuditEntry, AuditHead, Checkpoint, Municipality
from governance.signed_note import BadNote, TreeHead, opened


@dataclass
class Report:
    """What was found.

    `rows` and `checkpoints` were read in the database, `outside` notes out of it. `proven_to` is
    the last row that a note outside the database shows to be what it was.
    """

    municipality: Municipality
    rows: int = 0
    checkpoints: int = 0
    outside: int = 0
    proven_to: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def reach(self) -> str:
        """Up to which row the report can speak, and about what."""
        if self.proven_to == 0:
            return _(
                "No row lies under a checkpoint that holds: rows can be checked for gaps, not for "
                "rewriting."
            )
        said = _("Rows 1–%(last)s are those that were signed.") % {"last": self.proven_to}
        if self.rows > self.proven_to:
            said += " " + _(
                "Rows after %(last)s lie under no checkpoint that holds: they can be checked for "
                "gaps, not for rewriting."
            ) % {"last": self.proven_to}
        return said


def verify(municipality: Municipality, *, kept: Iterable[str] = ()) -> Report:
    """Hold every row against its digest, and the digests against every checkpoint.

    The checkpoints are those in the database, those in the file outside it, and `kept`: notes
    that somebody kept elsewhere, such as the registrar's mail. Reads the whole log.
    """
    reading = _Reading(Report(municipality))
    # the notes first: rows added meanwhile then lie above every checkpoint that is looked at
    reading.notes(kept)
    counted = _count_of(municipality).first() or 0
    reading.rows()
    reading.end(counted)
    return reading.report


class _Reading:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.place = report.municipality
        #: size to root, of every note whose signature holds
        self.heads: dict[int, bytes] = {}
        #: the sizes of those found outside the database
        self.outside: set[int] = set()
        self.last = 0
        self.first_bad: int | None = None

    def fault(self, text: str, *, row: int | None = None) -> None:
        self.report.faults.append(text)
        if row is not None and (self.first_bad is None or row < self.first_bad):
            self.first_bad = row

    # --- notes ---------------------------------------------------------------------------------

    def notes(self, kept: Iterable[str]) -> None:
        checkpoints = list(Checkpoint.objects.filter(municipality=self.place).order_by("size"))
        in_file = checkpoint_file.read(self.place)
        self.report.checkpoints, self.report.outside = len(checkpoints), len(in_file)
        for checkpoint in checkpoints:
            head = self._head(checkpoint.note, _("A checkpoint in the database"))
            if head and (head.size, head.root) != (checkpoint.size, bytes(checkpoint.root)):
                self.fault(
                    _("The checkpoint over %(size)s rows says another thing than its signed note.")
                    % {"size": checkpoint.size}
                )
        for note in in_file:
            self._outside(note, _("A note in the file outside the database"))
        for note in kept:
            self._outside(note, _("A note kept elsewhere"))
        self._compare(checkpoints, in_file)

    def _outside(self, note: str, what: str) -> None:
        head = self._head(note, what)
        if head:
            self.outside.add(head.size)

    def _head(self, note: str, what: str) -> TreeHead | None:
        """What the note says, also into `heads`; a fault where it cannot be believed."""
        try:
            head = opened(note)
        except BadNote as bad:
            self.fault(_("%(what)s cannot be believed: %(why)s.") % {"what": what, "why": bad})
            return None
        if head.origin != checkpoint_file.origin_of(self.place):
            self.fault(
                _("%(what)s belongs to another log, %(origin)s.")
                % {"what": what, "origin": head.origin}
            )
            return None
        if self.heads.setdefault(head.size, head.root) != head.root:
            self.fault(
                _("Two checkpoints over %(size)s rows were signed with different roots.")
                % {"size": head.size},
                row=1,
            )
        return head

    def _compare(self, checkpoints: list[Checkpoint], in_file: list[str]) -> None:
        present = set(in_file)
        lacking = [made.size for made in checkpoints if made.note not in present]
        if lacking:
            self.fault(
                ngettext(
                    "The checkpoint over %(size)s rows is missing in the file %(file)s.",
                    "%(count)s checkpoints are missing in the file %(file)s, the first over "
                    "%(size)s rows.",
                    len(lacking),
                )
                % {
                    "count": len(lacking),
                    "size": lacking[0],
                    "file": checkpoint_file.path_of(self.place),
                }
            )
        for size in sorted(self.outside - {made.size for made in checkpoints}):
            self.fault(
                _("The checkpoint over %(size)s rows is missing in the database.") % {"size": size}
            )

    # --- rows ----------------------------------------------------------------------------------

    def rows(self) -> None:
        frontier = merkle.Frontier()
        agreeing, disagreeing = 0, False
        rows = AuditEntry.objects.filter(municipality=self.place).order_by("number")
        for row in rows.iterator():
            if row.number != self.last + 1:
                self._gap(self.last + 1, row.number - 1)
            if bytes(row.leaf) != leaf_of(row):
                self.fault(
                    _("Row %(number)s was changed: its digest does not fit.")
                    % {"number": row.number},
                    row=row.number,
                )
            frontier.append(bytes(row.leaf))
            self.last = row.number
            self.report.rows += 1
            # after a gap no root can come out right, and the gap has been told of
            if self.last not in self.heads or frontier.size != self.last or disagreeing:
                continue
            if frontier.root() == self.heads[self.last]:
                agreeing = self.last
                if self.last in self.outside and self.first_bad is None:
                    self.report.proven_to = self.last
            else:
                # every later root is another too: only the first says where
                disagreeing = True
                self._rewritten(agreeing + 1, self.last)

    def _gap(self, first: int, last: int) -> None:
        counted = min((size for size in self.heads if size >= last), default=None)
        many = last - first + 1
        if counted is None:
            said = ngettext(
                "Row %(first)s is missing.", "Rows %(first)s–%(last)s are missing.", many
            )
        else:
            said = ngettext(
                "Row %(first)s is missing, and the checkpoint over %(size)s rows counts it.",
                "Rows %(first)s–%(last)s are missing, and the checkpoint over %(size)s rows "
                "counts them.",
                many,
            )
        self.fault(said % {"first": first, "last": last, "size": counted}, row=first)

    def _rewritten(self, first: int, last: int) -> None:
        self.fault(
            _(
                "Rows %(first)s–%(last)s are not those that the checkpoint over %(last)s rows was "
                "signed for: at least one was changed together with its digest, or exchanged."
            )
            % {"first": first, "last": last},
            row=first,
        )

    # --- the end -------------------------------------------------------------------------------

    def end(self, counted: int) -> None:
        """What the log's own count says of its end; it was read before the rows were."""
        expected = max([counted, *self.heads])
        if self.last < expected:
            self._gap(self.last + 1, expected)
        beyond = _rows_beyond_the_count(self.place)
        if beyond:
            self.fault(
                ngettext(
                    "The log's own count leaves out %(count)s row.",
                    "The log's own count leaves out %(count)s rows.",
                    beyond,
                )
                % {"count": beyond}
            )


def _count_of(place: Municipality) -> QuerySet[AuditHead, int]:
    return AuditHead.objects.filter(municipality=place).values_list("size", flat=True)


def _rows_beyond_the_count(place: Municipality) -> int:
    # in one statement, so that both are seen at the same moment
    count = Coalesce(Subquery(_count_of(place)), 0)
    return AuditEntry.objects.filter(municipality=place, number__gt=count).count()
