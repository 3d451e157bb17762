"""The addresses of moderation."""

from django.urls import path

from moderation.views import (
    activity,
    check_ins,
    declaring,
    findings,
    inquiries,
    rules,
    sitting,
)

app_name = "moderation"

urlpatterns = [
    path("", findings.findings, name="findings"),
    path("new/", findings.new, name="new_finding"),
    path("rules/", rules.rules, name="house_rules"),
    path("<int:pk>/", sitting.finding, name="finding"),
    path("<int:pk>/picture/", sitting.picture, name="add_picture"),
    path("<int:pk>/act/", sitting.act, name="act"),
    path("<int:pk>/withdraw/", sitting.withdrawal, name="withdraw"),
    path("<int:pk>/leave/", sitting.leaving, name="leave"),
    path("<int:pk>/unable/", sitting.unable, name="unable"),
    path("<int:pk>/restore/", sitting.restoring, name="restore"),
    path("<int:pk>/author/", sitting.author, name="author"),
    path("<int:pk>/papers/", sitting.papers, name="papers"),
    path("<int:pk>/answer/", sitting.answer, name="answer_registrar"),
    path("<int:pk>/number/", sitting.number, name="number"),
    path("<int:pk>/no-number/", sitting.no_number, name="no_number"),
    path("questions/", inquiries.inquiries, name="inquiries"),
    path("questions/new/", inquiries.new, name="new_inquiry"),
    path("questions/<int:pk>/", inquiries.inquiry, name="inquiry"),
    path("questions/<int:pk>/answered/", inquiries.answered, name="answer_inquiry"),
    path("questions/<int:pk>/holding/", inquiries.holding, name="hold_inquiry"),
    path("questions/<int:pk>/refer/", inquiries.refer, name="refer_inquiry"),
    path("questions/<int:pk>/no-answer/", inquiries.no_answer, name="leave_unanswered"),
    path("questions/<int:pk>/times/", inquiries.times, name="correct_times"),
    path("periods/", declaring.periods, name="periods"),
    path("periods/crisis/", declaring.declare, {"kind": "crisis"}, name="declare_crisis"),
    path("periods/rest/", declaring.declare, {"kind": "rest"}, name="declare_rest"),
    path("periods/<int:pk>/", declaring.period, name="period"),
    path("activity/<int:pk>/", activity.activity, name="activity"),
    path("activity/<int:pk>/post/", activity.latest_post, name="latest_post"),
    path("evidence/<int:pk>/", findings.evidence, name="evidence"),
    path("check-ins/", check_ins.confirm, name="check_in"),
    path("check-ins/<int:pk>/correct/", check_ins.correct, name="correct_check_in"),
    path("check-ins/channel/<int:pk>/", check_ins.table, name="check_ins"),
    path("check-ins/channel/<int:pk>/<str:day>/", check_ins.afterwards, name="check_in_afterwards"),
]
