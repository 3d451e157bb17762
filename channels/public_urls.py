"""The public pages of a municipality, under its own name."""

from django.urls import path

from channels.views import register

app_name = "register"

urlpatterns = [
    path("", register.register, name="register"),
    path("register.json", register.register_json, name="json"),
    path("register.csv", register.register_csv, name="csv"),
    path("<slug:slug>/", register.channel, name="channel"),
]
