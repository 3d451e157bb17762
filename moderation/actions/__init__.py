"""The verbs of moderation."""

from moderation.actions.check_ins import (
    Round,
    check_in,
    check_in_afterwards,
    check_in_all,
    check_in_by_mail,
    correct_check_in,
)
from moderation.actions.declaring import declare_crisis, declare_rest, end_period
from moderation.actions.findings import Finding, add_picture, look_at_evidence, take_up
from moderation.actions.house_rules import publish_house_rules
from moderation.actions.paperwork import (
    Papers,
    close,
    hand_to_registrar,
    inform_author,
    lift_out_to_case,
    need_not_be_registered,
    not_inform_author,
    note_measures,
    note_off_platform,
    register_number,
    write_papers,
)
from moderation.actions.registrar import (
    answer_registrar,
    assess_secrecy,
    open_question,
    return_with_question,
)
from moderation.actions.removal import (
    Removal,
    hide,
    leave,
    remove,
    report_unable,
    restore,
    withdraw,
)

__all__ = [
    "Finding",
    "Papers",
    "Removal",
    "Round",
    "add_picture",
    "answer_registrar",
    "assess_secrecy",
    "check_in",
    "check_in_afterwards",
    "check_in_all",
    "check_in_by_mail",
    "close",
    "correct_check_in",
    "declare_crisis",
    "declare_rest",
    "end_period",
    "hand_to_registrar",
    "hide",
    "inform_author",
    "leave",
    "lift_out_to_case",
    "look_at_evidence",
    "need_not_be_registered",
    "not_inform_author",
    "note_measures",
    "note_off_platform",
    "open_question",
    "publish_house_rules",
    "register_number",
    "remove",
    "report_unable",
    "restore",
    "return_with_question",
    "take_up",
    "withdraw",
    "write_papers",
]
