"""The municipality's colours, as a style sheet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from governance import accent
from governance.look import stylesheet
from governance.models import Municipality

_YEAR = 60 * 60 * 24 * 365


@require_safe
@cache_control(public=True, max_age=_YEAR, immutable=True)
def look(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The style sheet of a municipality, or of the installation where no slug is given."""
    raw = get_object_or_404(Municipality, slug=slug).accent if slug else accent.DEFAULT
    return HttpResponse(stylesheet(raw), content_type="text/css; charset=utf-8")
