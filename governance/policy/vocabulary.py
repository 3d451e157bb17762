"""Every key a policy file can speak of, the type of its value, and what it means.

The checker, `policy explain`, the documentation and the tests all read this one table. A key that
a file neither states nor lists under `silent` is a fault, so a rule is never assumed.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ValueType = Literal[
    "flag",
    "number",
    "choice",
    "choices",
    "texts",
    "roles",
    "holders",
    "deadline",
    "times a day",
    "days",
    "months",
    "likes",
]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the type of its value, the words it may hold, and its meaning in a sentence."""

    type: ValueType
    meaning: str | Promise
    words: tuple[str, ...] = ()

    @property
    def written_as(self) -> str:
        """The name under which the value stands in the file."""
        every = dict.fromkeys(("times a day", "days", "months"), "every")
        return {"deadline": "within", **every}.get(self.type, "value")


KEYS: dict[str, Key] = {
    # --- whom and what the guideline covers
    "scope.excludes": Key(
        "choices", _("Media that the guideline leaves to another document."), ("blog", "website")
    ),
    "scope.user_types": Key(
        "choices", _("Whom the guideline addresses."), ("employee", "elected_member")
    ),
    "responsibility.presence": Key("roles", _("Who answers for the presence as a whole.")),
    "review.owner": Key("roles", _("Who owns the guideline and keeps it up to date.")),
    "review.interval": Key("months", _("How often the guideline is reviewed.")),
    # --- opening a channel
    "official_use.approval": Key(
        "choice",
        _("How use on the municipality's behalf becomes approved."),
        ("required", "via_assignment", "via_approval"),
    ),
    "approval.central_veto": Key(
        "choice",
        _("What the centre can stop, and how."),
        (
            "none",
            "appointment_only",
            "full",
            "head_of_communications_override",
            "creation_gate",
        ),
    ),
    "advice.from": Key("roles", _("Whom one may ask for advice.")),
    "plan.measurable_goals": Key(
        "choice",
        _("What goals a plan names and what they are followed up against."),
        ("goal", "goal_named", "operational_goals", "unit_goals"),
    ),
    "plan.review": Key("months", _("How often an approved plan is looked through again.")),
    "dialogue.rule": Key("flag", _("Channels are for dialogue, not for one-way notices.")),
    # --- people
    "editors.assignment": Key(
        "choice",
        _("Whether a person needs an assignment from a manager, and whether in writing."),
        ("written", "from_manager"),
    ),
    "editors.appointed_by": Key("roles", _("Who appoints those who write or are responsible.")),
    "editors.named_persons": Key("flag", _("Particular named persons keep the channel alive.")),
    "editors.central_register": Key("flag", _("Editors stand in a register kept centrally.")),
    "editors.acknowledgement": Key(
        "choice",
        _("How an editor comes to know the guideline."),
        (
            "informed_by_manager",
            "acknowledged_by_editor",
            "own_responsibility",
            "competence_and_routines",
        ),
    ),
    "admins.minimum": Key("number", _("The fewest administrators a channel may have.")),
    "admins.maximum": Key("number", _("The most administrators a channel may have.")),
    "substitute.required": Key(
        "choice",
        _("How a channel is covered in absence."),
        ("required", "never_unattended"),
    ),
    "spokesperson.register": Key(
        "choice",
        _("Who speaks for the municipality elsewhere or to the media."),
        ("appointed_by_administration", "information_officer"),
    ),
    # --- access
    "credentials.holders": Key("holders", _("Who has access to each account.")),
    "credentials.custodian": Key("roles", _("Who keeps the login for the municipality.")),
    "credentials.kind": Key(
        "choice", _("What is handed over."), ("login", "admin_rights_or_login")
    ),
    "credentials.emergency_access": Key(
        "flag", _("The centre can clear unlawful content when the owner is off duty.")
    ),
    # --- the register of channels
    "register.public": Key("flag", _("The channels are listed on the municipality's website.")),
    "register.two_way_links": Key("flag", _("Website and channel link to each other.")),
    "register.maintainer": Key("roles", _("Who keeps the public register.")),
    "register.units_notify": Key("roles", _("Whom units tell that they have opened a channel.")),
    "register.main_account": Key("flag", _("There is one official main account.")),
    "register.categories": Key("texts", _("The kinds of medium the guideline tells apart.")),
    "records_plan.lists_channels": Key(
        "choice",
        _("Which records document lists the channels."),
        ("per_unit", "municipal", "archive_description_per_board"),
    ),
    "records_plan.disposal_decision": Key(
        "choice",
        _("What disposal rests on."),
        ("per_board", "period_per_record", "per_board_in_plan"),
    ),
    # --- looking after the channel
    "monitoring.interval": Key("times a day", _("How often each channel is looked at.")),
    "monitoring.continuous": Key("flag", _("Threads are watched without gaps between the checks.")),
    "monitoring.legal_floor": Key(
        "days", _("The longest gap before the duty of supervision itself is broken.")
    ),
    "monitoring.focus": Key(
        "choices",
        _("What a check looks for."),
        ("questions", "criminal_content", "personal_data", "user_content"),
    ),
    "reply.question": Key("deadline", _("When a question is answered.")),
    "reply.criticism": Key("deadline", _("When criticism is answered.")),
    "reply.correction": Key("deadline", _("When errors of fact are answered.")),
    "reply.holding_reply": Key("flag", _("A first reply says that the answer will follow.")),
    "reply.full_answer": Key("deadline", _("When the full answer is given.")),
    "reply.all_questions": Key(
        "choice", _("Whether every question must be answered."), ("obliged", "judgement")
    ),
    "reply.no_answer": Key(
        "choice", _("Whether something may be left without an answer."), ("expressly_allowed",)
    ),
    "reply.availability": Key("flag", _("High availability and service on the channels.")),
    "reply.media_referral": Key("deadline", _("When the media are referred to a spokesperson.")),
    "reply.signature": Key(
        "choices",
        _("How replies are signed."),
        ("municipality", "first_name", "name", "title", "unit"),
    ),
    "media.unaddressed": Key("roles", _("Who takes media inquiries addressed to nobody.")),
    "political_questions": Key(
        "choice",
        _("Where political questions go."),
        ("political_level", "parties", "no_party_politics"),
    ),
    "case_processing": Key(
        "choice",
        _("What happens to content that belongs to a case."),
        ("lift_out_to_case", "formal_request"),
    ),
    "forwarding.rule": Key("flag", _("What belongs elsewhere is taken out and forwarded.")),
    "criticism.workflow": Key("flag", _("Criticism is worked through step by step.")),
    # --- removing
    "removal.default": Key(
        "choice",
        _("What is done with others' content when nothing else is said."),
        ("keep", "remove_criminal", "remove_criminal_and_ads", "remove_listed"),
    ),
    "removal.ladder": Key(
        "choices",
        _("The means in the order in which they are tried."),
        ("remind", "hide", "remove", "block"),
    ),
    "removal.diarise": Key(
        "choice",
        _("What removed content is registered in the diary."),
        ("always", "criminal", "confidential_and_case", "what_must"),
    ),
    "removal.document_off_platform": Key(
        "choice", _("Whether removals are documented outside the medium."), ("always", "by_diary")
    ),
    "removal.close_requires": Key(
        "choices",
        _("What a removal case needs before it can be closed."),
        (
            "diary_number",
            "diary_number_if_criminal",
            "diary_number_if_confidential",
            "diary_number_if_personal_data",
            "case_reference_if_case",
            "off_platform_note",
            "action_if_criminal",
        ),
    ),
    "removal.house_rules": Key(
        "choice",
        _("What a removal that no law asks for rests on: published rules that name the category."),
        ("named_first",),
    ),
    "removal.police_report": Key(
        "choice", _("When a removal is reported."), ("when_needed", "any_action_needed")
    ),
    "removal.own_content": Key(
        "choice",
        _("What holds for taking down the municipality's own content."),
        ("decide", "when_outdated", "low_threshold", "diarise_if_deleted", "per_plan"),
    ),
    # --- records
    "record_default": Key(
        "choice",
        _("Whether records are registered or kept ordered."),
        (
            "register_if_not_minor",
            "register_or_keep_ordered",
            "journal_if_case_document",
            "keep_ordered",
            "register_what_must",
        ),
    ),
    "records.public": Key("flag", _("Posts by and to the municipality are public records.")),
    "records.third_party_accounts": Key(
        "flag", _("Other people's accounts that can merely be seen are public records too.")
    ),
    "records.no_inquiry": Key("flag", _("Nobody asks who leaked or who requests records.")),
    "direct_messages.records": Key("flag", _("Messages that the public does not see are records.")),
    "disposal.continuous": Key(
        "choice",
        _("What may be disposed of as one goes."),
        ("no_longer_current", "minor_significance", "per_plan"),
    ),
    "disposal.criteria": Key(
        "choices",
        _("What a disposal rule must have been weighed against."),
        ("public_insight", "justice", "administration", "research"),
    ),
    "disposal.immediate": Key("choices", _("What may be disposed of at once."), ("advertising",)),
    "snapshot.interval": Key("months", _("How often the medium itself is documented.")),
    "snapshot.on_major_change": Key(
        "choice", _("Whether a major change asks for a snapshot, and when."), ("before", "at")
    ),
    "snapshot.diarise": Key("flag", _("Snapshots are registered in the diary.")),
    "snapshot.before_closing": Key("flag", _("A channel is not closed without a last snapshot.")),
    "snapshot.formats": Key(
        "choices", _("What a snapshot may be."), ("screenshot", "archive_approved")
    ),
    # --- closing
    "closing.inactivity": Key(
        "choice",
        _("What holds for a channel that is not kept up."),
        ("must_be_active", "activate_or_close", "alive_and_updated"),
    ),
    "closing.consult": Key("roles", _("With whom closing is discussed.")),
    "closing.farewell_post": Key("flag", _("The reason is told and thanks given before closing.")),
    # --- persons, rights, others
    "confidentiality.publication": Key("flag", _("Confidential information is never published.")),
    "personal_data.controller": Key(
        "choice", _("Who is controller for a channel."), ("responsible_unit",)
    ),
    "personal_data.assessment": Key(
        "choice",
        _("Which assessment of personal data is made."),
        ("controller_scope_per_platform", "question_of_plan", "images", "six_questions"),
    ),
    "personal_data.restrictive": Key("flag", _("No more personal data than good dialogue needs.")),
    "personal_data.transfer": Key(
        "choice", _("What is said of transfers to third countries."), ("continue_pending",)
    ),
    "personal_data.arts_exemption": Key(
        "choice",
        _("Whether the artistic and literary exemption can be relied on."),
        ("applies", "assess_with_reasons"),
    ),
    "controller_scope": Key(
        "choice",
        _("For whose posts the municipality is controller (per platform)."),
        ("own_only", "own_and_visitors", "assess"),
    ),
    "consent.images": Key(
        "choice", _("What images of persons need."), ("written_always", "gdpr", "legal_basis")
    ),
    "copyright.rule": Key(
        "choice", _("What publishing others' works needs."), ("prohibition", "record")
    ),
    "likes.rule": Key(
        "likes",
        _("Which pages may be liked and which may not."),
        (
            "own_page",
            "other_municipality",
            "authority",
            "local_tie",
            "commercial_company",
            "political_party",
        ),
    ),
    "politician_links.rule": Key(
        "choice", _("What a link to a politician's own page needs."), ("disclaimer",)
    ),
    "crisis.rule": Key(
        "choice",
        _("What the guideline says of use in a crisis."),
        ("purpose", "case_by_case", "fast_crisis_channel"),
    ),
    "crisis.plan_section": Key("flag", _("The crisis plan has a section on information.")),
    "threat.rule": Key(
        "choice", _("Whom an employee tells of threats."), ("tell_nearest_manager",)
    ),
    "private_use.rule": Key(
        "choice",
        _("How private use is kept apart from service."),
        ("per_guideline", "clear_separation", "advice_list", "head_decides", "not_for_service"),
    ),
    "accessibility.rule": Key(
        "choice",
        _("What accessibility is asked for."),
        ("as_far_as_possible", "website_as_far_as_possible"),
    ),
    "graphic_profile.rule": Key(
        "choice",
        _("What the appearance must follow."),
        ("as_far_as_possible", "manual", "sender_mark", "logotype"),
    ),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """What an answer can stand for, and the kinds of question that can ask for it."""

    meaning: str
    kinds: tuple[str, ...]


_WORDS = ("text", "long_text")
_PEOPLE = ("persons",)

#: Facts of a channel or plan that a field's answer may stand for, so that code finds them in any
#: policy's form.
FACTS: dict[str, Fact] = {
    "platform": Fact("the medium", ("choice",)),
    "address": Fact("the web address", ("url",)),
    "unit": Fact("the unit that will be present", ("unit",)),
    "purpose": Fact("why", _WORDS),
    "purposes": Fact("the purposes picked from the guideline's list", ("choices",)),
    "audience": Fact("for whom", _WORDS),
    "goals": Fact("goals and how they are measured", ("goals", *_WORDS)),
    "description": Fact("what will be done", _WORDS),
    "responsible": Fact("who answers for the channel", _PEOPLE),
    "substitutes": Fact("who covers in absence", _PEOPLE),
    "administrators": Fact("who has administrator rights", _PEOPLE),
    "operators": Fact("who posts and answers day to day", _PEOPLE),
    "informed": Fact("that those who write know the guideline", ("confirm",)),
    "watching_hours": Fact("`office_hours_only` or `also_other_times`", ("choice",)),
    "check_interval": Fact("how often the channel is looked at", ("interval",)),
    "publishing_interval": Fact("how often something new is published", ("interval",)),
    "weekly_hours": Fact("estimated hours a week", ("hours", "number")),
    "resources": Fact("time and people are set aside", ("confirm", "yes_no_reason")),
    "privacy": Fact("whether personal data is safeguarded", ("yes_no_reason", "long_text")),
    "review_months": Fact("after how many months the plan is looked through", ("number",)),
    "custody": Fact("where the login is kept", (*_WORDS, "persons", "choice")),
}

#: The answers that code knows, for a fact that is a choice.
WATCHING_HOURS = ("office_hours_only", "also_other_times")

#: What can be demanded to be in order before a step is taken.
CHECKS: dict[str, str] = {
    "plan_complete": "every required field of the plan is answered",
    "writers_appointed": "at least one writer is appointed",
    "writers_consulted": "it is recorded with whom the writers were discussed, and when",
    "written_assignment": "every writer has a written assignment",
    "guideline_acknowledged": "every writer knows the guideline in force",
    "account_created": "the account exists and its address is known",
    "custody_recorded": "every holder that the policy names has access on record",
    "visitor_information": "the visitor information is in place",
    "register_entry": "the channel has what the public register shows",
}

PLATFORMS = (
    "facebook instagram x youtube linkedin tiktok snapchat threads bluesky mastodon blog "
    "flickr pinterest vimeo podcast forum wiki other"
).split()
ACCOUNT_CLASSES = ("main", "unit", "campaign", "internal")
UNIT_KINDS = (
    "general culture library museum school preschool care social_services rescue tourism technical"
).split()
PERIODS = ("crisis", "election", "season")

PLAN_KINDS = (
    "written_assignment",
    "activity_plan",
    "six_question_assessment",
    "startup_notice",
    "assignment_description",
)

#: Removal categories; the first eight are the headings of act 1998:112 § 5.
STATUTE_CATEGORIES = (
    "unlawful_threat",
    "privacy_offence",
    "incitement",
    "agitation",
    "child_abuse_image",
    "violence_depiction",
    "terror_incitement",
    "copyright",
)
CATEGORIES = (
    *STATUTE_CATEGORIES,
    "defamation",
    "personal_attack",
    "harassment",
    "pornography",
    "obscene",
    "advertising",
    "personal_data",
    "confidential",
    "off_topic",
    "party_politics",
    "inappropriate_conduct",
    "other_crime",
)

#: What a text for visitors may hold in braces; the channel's own word stands in its place.
PLACEHOLDERS = ("municipality", "unit", "channel", "address", "email", "phone", "website")

#: The routines code knows, and the rules one of which must be stated before each may be written.
#: An empty tuple: the duty follows from the product's own record-keeping or from the steps.
ROUTINES: dict[str, tuple[str, ...]] = {
    "mail": (),
    "approval": (),
    "plan": (),
    "custody": ("credentials.holders", "credentials.custodian"),
    "check_in": ("monitoring.interval",),
    "legal_floor": ("monitoring.legal_floor",),
    "reply": ("reply.question", "reply.criticism", "reply.full_answer"),
    "media_referral": ("reply.media_referral",),
    "snapshot": ("snapshot.interval",),
    "major_change": ("snapshot.on_major_change",),
    "closing": ("snapshot.before_closing", "closing.farewell_post", "closing.consult"),
    "removal_case": ("removal.close_requires",),
    "visitor_information": (),
    "graphic_profile": ("graphic_profile.rule",),
    "goals": ("plan.measurable_goals",),
    "plan_review": (),
    "register": (),
    "acknowledgement": ("editors.acknowledgement",),
    "inactivity": ("closing.inactivity",),
    "latest_post": ("closing.inactivity",),
    "review": ("review.interval",),
    "gaps": (),
    "ending": (),
    "crisis": ("crisis.rule",),
    "rest": ("monitoring.interval",),
}

#: Capabilities whose requirements ask for conduct that no system can check.
GUIDANCE_CAPABILITIES = frozenset({"private-use-guidance", "tone-signature"})

#: What a requirement asks of the product; each is met by a part of it.
CAPABILITIES = (
    "channel-register activity-plan approval-chain editor-assignment substitute-cover "
    "credential-escrow visitor-information monitoring-checkin reply-deadline criticism-handling "
    "moderation-removal evidence diary-registration record-classification retention-disposal "
    "document-management-plan archive-description snapshot closing personal-data-assessment "
    "consent copyright confidentiality-guard spokesperson likes-follows politician-links "
    "threat-incident crisis-info routing-referral records-request guideline-review "
    "training-acknowledgement goals-follow-up private-use-guidance tone-signature "
    "graphic-profile accessibility organisation-roles open-data"
).split()
