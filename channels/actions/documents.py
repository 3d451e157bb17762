"""Keep the document of an approved plan, and send its copy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from channels.documents import PlanPaper, approvals_to_seal, plan_paper, printed
from channels.models import Decision, Plan, PlanVersion
from governance.audit import record
from governance.files import PDF, store
from governance.letters import link
from governance.models import AuditEntry, StoredFile, User
from governance.notices import post
from governance.seal import Occasion, can_seal, sealed


def render_plan(version_pk: int, *, now: datetime) -> StoredFile:
    """The approved version as a stored PDF; made once, however often it is asked for.

    Where the policy wants the communications unit told, the copy goes to its address in the same
    transaction, so that it is sent exactly when the document exists.
    """
    version = PlanVersion.objects.select_related("plan__municipality", "pdf").get(pk=version_pk)
    while version.pdf is None:
        # made outside the lock: it takes seconds; of two makers the first to keep theirs wins
        paper = plan_paper(version)
        content, seals = _document(version, paper)
        with transaction.atomic():
            version = PlanVersion.objects.select_for_update(of=("self",), no_key=True).get(
                pk=version_pk
            )
            # one that says a name hidden in the meantime is not kept
            if version.pdf is None and plan_paper(version) == paper:
                return _keep(version, content, seals, now=now)
    return version.pdf


def _document(version: PlanVersion, paper: PlanPaper) -> tuple[bytes, list[Occasion]]:
    """The document and the seals on it: one for each approval, none where no seal is at hand."""
    municipality = version.plan.municipality
    if not can_seal(municipality):
        return printed(paper, municipality), []
    occasions = approvals_to_seal(version)
    content = printed(paper, municipality, sealed=bool(occasions))
    return sealed(content, occasions, municipality=municipality), occasions


def _keep(
    version: PlanVersion, content: bytes, seals: list[Occasion], *, now: datetime
) -> StoredFile:
    plan, system = version.plan, User.objects.system()
    name = f"{plan.title} {version.number}.pdf"
    kept = store(content, municipality=plan.municipality, name=name, by=system, now=now, allow=PDF)
    version.pdf = kept
    version.seals = [each.field for each in seals]
    version.save(update_fields=["pdf", "seals"])
    told = version.decisions.filter(kind="notify", outcome=Decision.Outcome.DONE).exists()
    if told and not _made_before(version):
        _send_copy(version, kept, now=now)
    record("plan.document_made", plan, by=system, now=now, sha256=kept.sha256, seals=version.seals)
    return kept


def _made_before(version: PlanVersion) -> bool:
    """Whether the document is made anew, because it named somebody who is no longer named."""
    return AuditEntry.objects.filter(
        municipality=version.plan.municipality_id,
        subject_type="channels.plan",
        subject_id=version.plan_id,
        act="plan.document_made",
        at__gte=version.submitted_at,
    ).exists()


def forget_documents(person: User, now: datetime) -> None:
    """Part with the documents that name the person; those in force are made anew without the name.

    What was approved stays as it was, and so does its digest.
    """
    naming = (
        Q(people__user=person)
        | Q(submitted_by=person)
        | Q(decisions__actor=person)
        | Q(decisions__instead_of=person)
    )
    plans = PlanVersion.objects.filter(naming).values("plan")
    # also those without a document: one that is being made waits for this to be settled
    PlanVersion.objects.filter(plan__in=plans).update(pdf=None, seals=[])


def _send_copy(version: PlanVersion, document: StoredFile, *, now: datetime) -> None:
    municipality = version.plan.municipality
    with translation.override(municipality.locale):
        post(
            municipality.communications_email,
            "plan_copy",
            _("Approved: %(plan)s") % {"plan": version.plan},
            _("The approved plan is enclosed. It is also here: %(link)s")
            % {"link": link("channels:plan", version.plan.pk)},
            municipality=municipality,
            now=now,
            attachment=document,
        )


def approved_versions() -> QuerySet[PlanVersion]:
    """The version of each plan that was approved, in force or replaced; none returned before it."""
    newer = PlanVersion.objects.filter(plan=OuterRef("plan"), number__gt=OuterRef("number"))
    return PlanVersion.objects.filter(~Exists(newer), plan__state__in=Plan.EVER_APPROVED)


def documents_missing() -> list[int]:
    """The approved versions whose document was never made, because a worker fell over."""
    return list(approved_versions().filter(pdf__isnull=True).values_list("pk", flat=True))
