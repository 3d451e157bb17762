"""The document of an approved plan is made once, kept, and its copy sent."""

from channels.actions.documents import documents_missing, render_plan
from channels.models import PlanVersion
from governance.models import Notice
from tests.plans_of_town import waiting
from tests.town import NOW, Town, later


def test_the_document_is_made_once_and_its_copy_goes_to_communications(town: Town) -> None:
    channel = waiting(town)
    version = PlanVersion.objects.get(plan__channel=channel)
    assert documents_missing() == [version.pk]
    kept = render_plan(version.pk, now=NOW)
    assert render_plan(version.pk, now=later(hours=1)) == kept
    assert documents_missing() == []
    copy = Notice.objects.get(kind="plan_copy")
    assert (copy.address, copy.attachment) == ("kommunikation@ekby.example", kept)
    assert kept.content_type == "application/pdf"
