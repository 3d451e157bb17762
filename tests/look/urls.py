"""The installation's addresses and, for tests only, one page for every group of components."""

from django.urls import path

from governance.urls import urlpatterns as installed
from tests.look import previews
from tests.look.admin_site import site

urlpatterns = [
    *[path(f"look-preview/{name}/", previews.preview, {"name": name}) for name in previews.PAGES],
    path("<slug:municipality_slug>/look-preview/", previews.register),
    path("look-admin/", site.urls),
    *installed,
]
