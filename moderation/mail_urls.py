"""What the link in a morning mail opens, under `/today/mail/`: no sign-in, no cookie."""

from django.urls import path

from moderation.views import by_mail

app_name = "morning"

urlpatterns = [path("<uuid:key>/<str:signature>/", by_mail.looks, name="looks")]
