"""Every address of the installation. Upper apps are named as strings only."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from governance.health import healthz
from governance.views.calendar_feeds import calendar, calendar_feed
from governance.views.comparison import compare
from governance.views.duties import duties, waive
from governance.views.guidance import advice
from governance.views.guideline_review import guideline_review
from governance.views.language import language
from governance.views.look import logo, look
from governance.views.notices import notices
from governance.views.put_off import put_off
from governance.views.today import counts, start, today

#: Of allauth's pages only these: nobody signs up, and an address is changed by communications.
account_urls: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth's login form asks for this name; the adapter keeps the page closed
    path("signup/", account.signup, name="account_signup"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("account/", include(account_urls)),
    path("account/language/", language, name="choose_language"),
    path("account/calendar/", calendar, name="calendar"),
    path("", start, name="start"),
    path("today/", today, name="today"),
    path("today/<int:pk>/put-off/", put_off, name="put_off"),
    path("today/counts/", counts, name="today_counts"),
    path("today/duties/", duties, name="duties"),
    path("today/<int:pk>/waive/", waive, name="waive"),
    path("today/mail/", include("moderation.mail_urls")),
    path(
        "today/calendar/<uuid:key>/<str:signature>/my-work.ics", calendar_feed, name="calendar_feed"
    ),
    path("notices/", notices, name="notices"),
    path("policy/advice/", advice, name="advice"),
    path("policy/compare/", compare, name="compare_policy"),
    path("policy/review/", guideline_review, name="guideline_review"),
    path("overview/", include("moderation.overview_urls")),
    path("archive/", include("archive.urls")),
    path("findings/", include("moderation.urls")),
    path("look.css", look, name="look_default"),
    path("<slug:slug>/look.css", look, name="look"),
    path("<slug:slug>/logo-<int:pk>.png", logo, name="logo"),
    path("", include("channels.urls")),
    # last: a municipality's name is the first part of its public addresses
    path("<slug:municipality_slug>/", include("channels.public_urls")),
]
