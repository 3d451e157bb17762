"""A hundred approved plans as sealed documents, each against WeasyPrint alone on the same HTML.

The plans are real rows that went through their approvals. Printing is compared with the floor;
sealing is counted apart, since nothing else here does the like. Then the worker's own act makes
and keeps every document, and is asked for each of them again. The local time stamps stand in for
an authority's, which answers over the network and in its own time.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from django.template.loader import render_to_string
from django.test.utils import override_settings
from django.utils import timezone, translation

from bench.plan_pdf import TEMPLATE, Bare
from bench.ratios import Report, milliseconds
from channels.actions.documents import render_plan
from channels.documents import PlanPaper, approvals_to_seal, plan_paper, printed
from channels.models import PlanVersion
from governance.models import Municipality
from governance.seal import sealed
from governance.seal_trial import make_authority
from tests import plans_of_town
from tests.town import NOW, Town, build

PLANS, FEW = 100, 10
#: MiB by which the process may have grown between the tenth plan and the hundredth.
GROWTH = 32


def measure(report: Report) -> None:
    """Goal 13: at most 1.15 of the floor; the unchanged a hundred times faster; memory flat."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"SEAL_DIR": Path(folder) / "seals", "MEDIA_ROOT": Path(folder) / "files"}
        with override_settings(TIMESTAMP_URL="", **files):
            _measure(report, files["SEAL_DIR"])


def _measure(report: Report, seals: Path) -> None:
    report.heading(f"{PLANS} plans as sealed documents: against warm WeasyPrint on the same HTML")
    town = build()
    make_authority(seals, [(town.municipality.slug, town.municipality.name)])
    versions = [_approved(town, number) for number in range(PLANS)]
    _keeping(report, versions)  # first, since the peak of memory never falls
    _printing(report, versions)


def _approved(town: Town, number: int) -> PlanVersion:
    address = f"https://www.facebook.com/ekbybibliotek{number}"
    plan = plans_of_town.approved(town, now=NOW + timedelta(minutes=number), address=address)
    return PlanVersion.objects.select_related("plan__municipality").get(plan=plan)


def _keeping(report: Report, versions: list[PlanVersion]) -> None:
    made: list[float] = []
    peaks: list[int] = []
    for version in versions:
        made.append(_timed(lambda pk=version.pk: render_plan(pk, now=NOW)))  # type: ignore[misc]
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    again = [
        _timed(lambda pk=version.pk: render_plan(pk, now=NOW))  # type: ignore[misc]
        for version in versions
    ]
    report.note(f"made, sealed and kept: {milliseconds(made)}")
    times = median(made) / median(again)
    detail = milliseconds(again)
    report.goal_at_least("unchanged plan, times faster", times, at_least=100, detail=detail)
    grown = (peaks[-1] - peaks[FEW - 1]) / 1024
    report.goal("growth of memory, MiB", grown, at_most=GROWTH)


def _printing(report: Report, versions: list[PlanVersion]) -> None:
    bare, ours, floor, sealing = Bare(), [], [], []
    for number, version in enumerate([versions[0], *versions]):
        municipality, paper = version.plan.municipality, plan_paper(version)
        html = _html(paper, municipality)
        least = _timed(lambda html=html: bare.make(html))  # type: ignore[misc]
        began = perf_counter()
        content = printed(paper, municipality, sealed=True)
        done = perf_counter()
        sealed(content, approvals_to_seal(version), municipality=municipality)
        if number:  # the first warms both up
            floor.append(least)
            ours.append(done - began)
            sealing.append(perf_counter() - done)
    ratio = median(ours) / median(floor)
    report.goal("plan PDF / WeasyPrint", ratio, at_most=1.15, detail=milliseconds(ours))
    report.note(f"two seals and the time stamp, apart: {milliseconds(sealing)}")


def _html(paper: PlanPaper, municipality: Municipality) -> str:
    context = {"paper": paper, "sealed": True, "language": municipality.locale}
    with translation.override(municipality.locale), timezone.override(municipality.zone):
        return render_to_string(TEMPLATE, context)


def _timed(act: Callable[[], object]) -> float:
    """Seconds that the act takes."""
    began = perf_counter()
    act()
    return perf_counter() - began
