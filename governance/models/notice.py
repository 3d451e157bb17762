"""The outbox: what is to be mailed, to whom, and whether it went."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from governance.models.file import StoredFile
from governance.models.organisation import Municipality
from governance.models.people import User
from governance.models.ranges import MomentRange


class Notice(models.Model):
    """A message written in the same transaction as what it tells of, sent after the commit.

    It goes to a person or, where `recipient` is null, to an address of the municipality's own.
    `signs`: the key of an address that opens without a password; only the mail has its signature
    (`governance.signed_links`). `alone_until`: until then the reader gets no other digest; null
    for every other letter and for what is urgent.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    address = models.EmailField(_("address"))
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    signs = models.UUIDField(null=True, blank=True, editable=False)
    attachment = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("written"))
    send_after = models.DateTimeField(_("not before"))
    alone_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at"]
        constraints = [
            ExclusionConstraint(
                name="notice_one_digest_an_hour",
                expressions=[
                    ("recipient", RangeOperators.EQUAL),
                    (
                        MomentRange("created_at", "alone_until", Value("[)")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(alone_until__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["send_after"], condition=Q(sent_at__isnull=True), name="notice_unsent"
            )
        ]

    def __str__(self) -> str:
        return self.subject
