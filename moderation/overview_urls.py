"""The overview, under `/overview/`."""

from django.urls import path

from moderation.views import overview, reports

app_name = "overview"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>.pdf", reports.download, name="report"),
    path("units/<int:pk>/", overview.unit, name="unit"),
    path("channels/<int:pk>/", overview.channel, name="channel"),
]
