"""What the registrar does beside giving the number: assesses secrecy, asks the editor back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels.rights import require_on
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import User
from governance.obligations import Owed, meet, open_obligations
from governance.permissions import require
from governance.transitions import locked
from moderation.actions.guards import require_unregistered, too_late
from moderation.duties import plan_answer
from moderation.models import Item, Question

PARAGRAPH_LENGTH = 120
QUESTION_LENGTH = 300
ANSWER_LENGTH = 1000


@transaction.atomic
def assess_secrecy(item: Item, mark: str, paragraph: str, *, by: User, now: datetime) -> Item:
    """Write the registrar's mark of secrecy, and the paragraph of a secret.

    Whoever wrote it is left out of diaries unless the mark is *none*. It may be assessed again, as
    the act asks each time somebody wants to read it. Raises NotAllowed, and AgainstPolicy for a
    secret without a paragraph.
    """
    require(by, "register_records", item.unit, now=now)
    item = locked(item)
    mark = Item.Secrecy(mark)
    paragraph = " ".join(paragraph.split()) if mark == Item.Secrecy.SECRET else ""
    if mark == Item.Secrecy.SECRET and not paragraph:
        raise AgainstPolicy(_("Say by which paragraph it is secret."), field="paragraph")
    if (item.secrecy, item.secrecy_paragraph) == (mark, paragraph):
        return item
    item.secrecy, item.secrecy_paragraph = mark, _bounded(paragraph, PARAGRAPH_LENGTH, "paragraph")
    item.save(update_fields=["secrecy", "secrecy_paragraph"])
    record("finding.secrecy", item, by=by, now=now, secrecy=str(mark), paragraph=paragraph)
    return item


@transaction.atomic
def return_with_question(item: Item, text: str, *, by: User, now: datetime) -> Question:
    """Ask the editor something before deciding; the finding waits there until it is answered.

    Raises NotAllowed to anybody but a registrar, AgainstPolicy without a question, and
    NoLongerPossible where registration is decided, was never asked for, or a question is open.
    """
    require(by, "register_records", item.unit, now=now)
    item = require_unregistered(locked(item))
    text = text.strip()
    if not text:
        raise AgainstPolicy(_("Write what you need to know."), field="question")
    if item.handed_over_at is None:
        raise NoLongerPossible(_("It has not been handed to the registrar."))
    asked = open_question(item)
    if asked is not None:
        raise too_late(
            _("It was already returned by %(name)s %(moment)s."),
            by=asked.asked_by,
            at=asked.asked_at,
            place=item.municipality,
        )
    question = Question.objects.create(
        municipality=item.municipality,
        item=item,
        text=_bounded(text, QUESTION_LENGTH, "question"),
        asked_by=by,
        asked_at=now,
    )
    open_obligations([plan_answer(question)], now=now)
    said = digest(text, item.municipality)
    record("finding.returned", item, by=by, now=now, question=question.pk, text=said)
    return question


@transaction.atomic
def answer_registrar(item: Item, answer: str, *, by: User, now: datetime) -> Question:
    """Answer the open question; the finding is the registrar's again.

    Raises NotAllowed to anybody who does not moderate the channel, AgainstPolicy without an
    answer, and NoLongerPossible where nothing is asked any longer.
    """
    require_on(by, "moderate", item.channel, now=now)
    item = require_unregistered(locked(item))
    answer = answer.strip()
    if not answer:
        raise AgainstPolicy(_("Write the answer."), field="answer")
    question = open_question(item)
    if question is None:
        raise _answered_before(item)
    question.answer = _bounded(answer, ANSWER_LENGTH, "answer")
    question.answered_by, question.answered_at = by, now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    meet(Owed("registrar_question", item, str(question.pk)), by=by, now=now)
    said = digest(answer, item.municipality)
    record("finding.answered", item, by=by, now=now, question=question.pk, text=said)
    return question


def open_question(item: Item) -> Question | None:
    """What the registrar has asked and nobody has answered yet."""
    asked = item.questions.filter(answered_at__isnull=True)
    return asked.select_related("asked_by", "municipality").first()


def _answered_before(item: Item) -> NoLongerPossible:
    last = item.questions.select_related("answered_by").order_by("-answered_at").first()
    if last is None:
        return NoLongerPossible(_("The registrar has asked nothing."))
    return too_late(
        _("It was already answered by %(name)s %(moment)s."),
        by=last.answered_by,
        at=last.answered_at,
        place=item.municipality,
    )


def _bounded(text: str, limit: int, field: str) -> str:
    if len(text) > limit:
        raise AgainstPolicy(_("At most %(limit)s characters.") % {"limit": limit}, field=field)
    return text
