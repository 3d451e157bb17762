"""What each word of a choice is called where people read it, by the key of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Every word of the vocabulary's choices, told apart within its key: the comparison of two
#: versions sees a change by the words alone.
CHOICE_WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    # --- whom and what the guideline covers
    "scope.excludes": {"blog": _("blogs"), "website": _("websites")},
    "scope.user_types": {"employee": _("employees"), "elected_member": _("elected members")},
    # --- opening a channel
    "official_use.approval": {
        "required": _("by an approval"),
        "via_assignment": _("by an assignment"),
        "via_approval": _("by the approval of the channel"),
    },
    "approval.central_veto": {
        "none": _("it advises and stops nothing"),
        "appointment_only": _("it appoints those who write and stops no plan"),
        "full": _("it approves each channel and may refuse it"),
        "head_of_communications_override": _(
            "the head of communications can stop or close a channel"
        ),
        "creation_gate": _("no account is there until it has created it"),
    },
    "plan.measurable_goals": {
        "goal": _("a goal"),
        "goal_named": _("the goal of the medium"),
        "operational_goals": _("the goals of the operations"),
        "unit_goals": _("the unit's goals and purpose"),
    },
    # --- people
    "editors.assignment": {
        "written": _("in writing, from a manager"),
        "from_manager": _("from a manager"),
    },
    "editors.acknowledgement": {
        "informed_by_manager": _("the manager sees to it that they know it"),
        "acknowledged_by_editor": _("they say themselves that they know it"),
        "own_responsibility": _("on their own responsibility"),
        "competence_and_routines": _("the manager sees to knowledge and routines"),
    },
    "substitute.required": {
        "required": _("by a substitute"),
        "never_unattended": _("it is never left unattended"),
    },
    "spokesperson.register": {
        "appointed_by_administration": _("those whom each administration appoints"),
        "information_officer": _("information officer"),
    },
    # --- access
    "credentials.kind": {
        "login": _("the login"),
        "admin_rights_or_login": _("administrator rights or the login"),
    },
    # --- the register of channels
    "records_plan.lists_channels": {
        "per_unit": _("each unit's records plan"),
        "municipal": _("the municipality's records plan"),
        "archive_description_per_board": _("each board's archive description"),
    },
    "records_plan.disposal_decision": {
        "per_board": _("each board's decision"),
        "period_per_record": _("a period for each kind of record"),
        "per_board_in_plan": _("each board's decision in its records plan"),
    },
    # --- looking after the channel
    "monitoring.focus": {
        "questions": _("questions that wait"),
        "criminal_content": _("criminal content"),
        "personal_data": _("personal data"),
        "user_content": _("what visitors publish"),
    },
    "reply.all_questions": {
        "obliged": _("each must be"),
        "judgement": _("by relevance and situation"),
    },
    "reply.no_answer": {"expressly_allowed": _("expressly allowed")},
    "reply.signature": {
        "municipality": _("the municipality"),
        "first_name": _("first name"),
        "name": _("name"),
        "title": _("title"),
        "unit": _("unit"),
    },
    "political_questions": {
        "political_level": _("to the political level"),
        "parties": _("to the parties"),
        "no_party_politics": _("nowhere: the channels are not for party politics"),
    },
    "case_processing": {
        "lift_out_to_case": _("it is taken out and put to the case"),
        "formal_request": _("whoever asks is told to make a formal request"),
    },
    # --- removing
    "removal.default": {
        "keep": _("it stays"),
        "remove_criminal": _("what is criminal is removed"),
        "remove_criminal_and_ads": _("what is criminal and commercial advertising are removed"),
        "remove_listed": _("what the guideline lists is removed"),
    },
    "removal.ladder": {
        "remind": _("a reminder"),
        "hide": _("hiding"),
        "remove": _("removing"),
        "block": _("blocking"),
    },
    "removal.diarise": {
        "always": _("everything"),
        "criminal": _("what is criminal"),
        "confidential_and_case": _("what is under secrecy or belongs to a case"),
        "what_must": _("what must be registered"),
    },
    "removal.document_off_platform": {
        "always": _("always, in writing"),
        "by_diary": _("by being registered in the diary"),
    },
    "removal.close_requires": {
        "diary_number": _("a diary number"),
        "diary_number_if_criminal": _("a diary number if it is criminal"),
        "diary_number_if_confidential": _("a diary number if it is under secrecy"),
        "diary_number_if_personal_data": _("a diary number if it is personal data"),
        "case_reference_if_case": _("a reference to the case if it belongs to one"),
        "off_platform_note": _("a note outside the medium"),
        "action_if_criminal": _("a note of what was done if it is criminal"),
    },
    "removal.house_rules": {"named_first": _("rules published beforehand")},
    "removal.police_report": {
        "when_needed": _("when needed"),
        "any_action_needed": _("whatever is needed is done"),
    },
    "removal.own_content": {
        "decide": _("whoever is responsible decides"),
        "when_outdated": _("when it is out of date"),
        "low_threshold": _("readily, when it does not fit or is wrong"),
        "diarise_if_deleted": _("it is registered in the diary if it is deleted"),
        "per_plan": _("as the records plan says"),
    },
    # --- records
    "record_default": {
        "register_if_not_minor": _("registered unless of minor significance"),
        "register_or_keep_ordered": _("registered or, without secrecy, kept ordered"),
        "journal_if_case_document": _("registered if they belong to a case"),
        "keep_ordered": _("kept ordered"),
        "register_what_must": _("registered where they must be"),
    },
    "disposal.continuous": {
        "no_longer_current": _("what is no longer current"),
        "minor_significance": _("what is of minor significance"),
        "per_plan": _("what the records plan says"),
    },
    "disposal.criteria": {
        "public_insight": _("public insight"),
        "justice": _("the administration of justice"),
        "administration": _("public administration"),
        "research": _("research"),
    },
    "disposal.immediate": {"advertising": _("advertising")},
    "snapshot.on_major_change": {
        "before": _("before the change"),
        "at": _("at the change"),
    },
    "snapshot.formats": {
        "screenshot": _("screenshot"),
        "archive_approved": _("format that the archive has approved"),
    },
    # --- closing
    "closing.inactivity": {
        "must_be_active": _("whoever starts it is active on it"),
        "activate_or_close": _("it is taken up again or closed"),
        "alive_and_updated": _("it is kept alive and up to date"),
    },
    # --- persons, rights, others
    "personal_data.controller": {
        "responsible_unit": _("whoever is responsible for the operations")
    },
    "personal_data.assessment": {
        "controller_scope_per_platform": _("of the responsibility on each platform"),
        "question_of_plan": _("as a question of the plan"),
        "images": _("of images and films before they are published"),
        "six_questions": _("by six questions"),
    },
    "personal_data.transfer": {
        "continue_pending": _("publishing goes on until a ruling or a new agreement")
    },
    "personal_data.arts_exemption": {
        "applies": _("it can"),
        "assess_with_reasons": _("it is assessed, with reasons"),
    },
    "controller_scope": {
        "own_only": _("for its own alone"),
        "own_and_visitors": _("for its own and those of visitors"),
        "assess": _("the operations assess it"),
    },
    "consent.images": {
        "written_always": _("written consent, always"),
        "gdpr": _("what the data protection regulation asks for"),
        "legal_basis": _("a legal basis on record"),
    },
    "copyright.rule": {
        "prohibition": _("not without permission"),
        "record": _("a permission on record"),
    },
    "likes.rule": {
        "own_page": _("the municipality's own pages"),
        "other_municipality": _("other municipalities"),
        "authority": _("authorities"),
        "local_tie": _("pages with strong local ties"),
        "commercial_company": _("commercial companies"),
        "political_party": _("political parties"),
    },
    "politician_links.rule": {"disclaimer": _("a word that the views are the politician's own")},
    "crisis.rule": {
        "purpose": _("a purpose of the channels"),
        "case_by_case": _("decided from case to case"),
        "fast_crisis_channel": _("a fast way out"),
    },
    "threat.rule": {"tell_nearest_manager": _("nearest manager")},
    "private_use.rule": {
        "per_guideline": _("as the guideline says"),
        "clear_separation": _("clearly"),
        "advice_list": _("by a list of advice"),
        "head_decides": _("as the head of the administration decides"),
        "not_for_service": _("nobody speaks for the municipality by a private account"),
    },
    "accessibility.rule": {
        "as_far_as_possible": _("as far as possible"),
        "website_as_far_as_possible": _("as far as possible on the website"),
    },
    "graphic_profile.rule": {
        "as_far_as_possible": _("the graphic profile, as far as possible"),
        "manual": _("the graphic manual"),
        "sender_mark": _("a clear mark of the sender"),
        "logotype": _("the logotype on every account"),
    },
}
