"""The overview, under `/overview/`."""

from django.urls import path

from moderation.views import overview

app_name = "overview"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("units/<int:pk>/", overview.unit, name="unit"),
    path("channels/<int:pk>/", overview.channel, name="channel"),
]
