"""The internal pages of channels."""

from django.urls import path

from channels.views import (
    channels,
    checklists,
    custody,
    editors,
    goals,
    importing,
    personal_data,
    plans,
    reviewing,
    writing,
)

app_name = "channels"

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", writing.start, name="start"),
    path("plans/address/", writing.address, name="address"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/write/", writing.write, name="write"),
    path("plans/<int:pk>/take-over/", writing.take_over, name="take_over"),
    path("plans/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("plans/<int:pk>/<int:number>.pdf", plans.document, name="document"),
    path("channels/import/", importing.imports, name="imports"),
    path("channels/import/<int:pk>/", importing.sitting, name="import"),
    path("channels/import/<int:pk>/file/", importing.replace, name="import_file"),
    path("channels/import/<int:pk>/carry-out/", importing.carry, name="import_carry_out"),
    path("channels/import/<int:pk>/end/", importing.end, name="import_end"),
    path("channels/goals/", goals.goals, name="goals"),
    path("channels/goals/<int:pk>/", goals.goal, name="goal"),
    path("channels/goals/<int:pk>/results/<int:result>/", goals.correct, name="correct_result"),
    path("channels/editors/", editors.editors, name="editors"),
    path("channels/editors.csv", editors.editors_file, {"kind": "csv"}, name="editors_csv"),
    path("channels/editors.xlsx", editors.editors_file, {"kind": "xlsx"}, name="editors_xlsx"),
    path("channels/editors/<int:pk>/", editors.editor, name="editor"),
    path("channels/guideline/", editors.guideline, name="guideline"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<int:pk>/", channels.channel, name="channel"),
    path("channels/<int:pk>/confirm/", channels.confirm, name="confirm"),
    path("channels/<int:pk>/people/", editors.channel_people, name="channel_people"),
    path("channels/<int:pk>/plan/", writing.start_for, name="start_for"),
    path("channels/<int:pk>/review/", reviewing.review, name="review"),
    path(
        "channels/<int:pk>/visitors/",
        checklists.checklist,
        {"kind": "visitor_information"},
        name="visitor_information",
    ),
    path(
        "channels/<int:pk>/graphic-profile/",
        checklists.checklist,
        {"kind": "graphic_profile"},
        name="graphic_profile",
    ),
    path("channels/graphic-profile/", checklists.changed_profile, name="changed_profile"),
    path("channels/<int:pk>/personal-data/", personal_data.personal_data, name="personal_data"),
    path(
        "channels/<int:pk>/personal-data/<int:assessment>/",
        personal_data.supplement,
        name="supplement",
    ),
    path("channels/on/<slug:key>/personal-data/", personal_data.assess, name="assess"),
    path(
        "channels/on/<slug:key>/personal-data/<int:pk>/", personal_data.assess, name="assess_again"
    ),
    path("channels/on/<slug:key>/basis/", personal_data.changed_basis, name="changed_basis"),
    path("channels/<int:pk>/access/", custody.hand_over, name="hand_over"),
    path("channels/<int:pk>/access/<int:custody>/tried/", custody.verify, name="verify"),
    path("channels/<int:pk>/access/<int:custody>/end/", custody.end, name="end_custody"),
    path("channels/<int:pk>/login/", custody.seal, name="seal"),
    path("channels/<int:pk>/login/look/", custody.look, name="look"),
    path("channels/<int:pk>/people/<int:assignment>/end/", custody.revoke, name="revoke"),
    path("channels/editors/assignments/<int:pk>/", editors.ending, name="ending"),
]
