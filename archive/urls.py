"""The addresses of the archive."""

from django.urls import path

from archive.views import exports, snapshots, tray

app_name = "archive"

urlpatterns = [
    path("", tray.landing, name="landing"),
    path("tray/", tray.tray, name="tray"),
    path("tray/finding/<int:pk>/", tray.finding, name="tray_finding"),
    path("snapshots/new/<int:pk>/", snapshots.take, name="take_snapshot"),
    path("snapshots/<int:pk>/", snapshots.show, name="snapshot"),
    path("snapshots/<int:pk>/<int:position>/", snapshots.download, name="snapshot_file"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("exports/<int:pk>/package/", exports.download, name="export_package"),
]
