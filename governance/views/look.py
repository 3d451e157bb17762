"""The municipality's colours, as a style sheet, and its logo. For everybody, and to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from governance import accent
from governance.logo import content_of
from governance.look import stylesheet
from governance.models import Municipality

_YEAR = 60 * 60 * 24 * 365


@require_safe
@cache_control(public=True, max_age=_YEAR, immutable=True)
def look(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The style sheet of a municipality, or of the installation where no slug is given."""
    raw = get_object_or_404(Municipality, slug=slug).accent if slug else accent.DEFAULT
    return HttpResponse(stylesheet(raw), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_YEAR, immutable=True)
def logo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The municipality's logo; one that it has no more is not there."""
    places = Municipality.objects.select_related("logo")
    kept = get_object_or_404(places, slug=slug, logo=pk).logo
    if kept is None:
        raise Http404
    return HttpResponse(content_of(kept), content_type=kept.content_type)
