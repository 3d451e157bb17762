"""The roles that policies name, as a person holds them on a unit or on a channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """One word per role of the glossary. Which rights it carries stands in `permissions`."""

    EMPLOYEE = "employee", _("employee")
    # on a channel
    CHANNEL_OWNER = "channel_owner", _("owner of the channel")
    RESPONSIBLE_PERSON = "responsible_person", _("responsible person")
    SUBSTITUTE = "substitute", _("substitute")
    ADMINISTRATOR = "administrator", _("administrator")
    EDITOR = "editor", _("editor")
    SPOKESPERSON = "spokesperson", _("spokesperson")
    # managers on a unit
    NEAREST_MANAGER = "nearest_manager", _("nearest manager")
    UNIT_MANAGER = "unit_manager", _("manager of the unit")
    OPERATIONS_MANAGER = "operations_manager", _("manager responsible for operations")
    DEPARTMENT_MANAGER = "department_manager", _("department manager")
    SECTOR_HEAD = "sector_head", _("head of sector")
    HEAD_OF_ADMINISTRATION = "head_of_administration", _("head of administration")
    CHIEF_EXECUTIVE = "chief_executive", _("chief executive")
    # communications
    UNIT_COMMUNICATOR = "unit_communicator", _("the administration's communicator")
    INFORMATION_OFFICER = "information_officer", _("information officer")
    COMMUNICATIONS_OFFICER = "communications_officer", _("communications unit")
    HEAD_OF_COMMUNICATIONS = "head_of_communications", _("head of communications")
    # records
    UNIT_REGISTRAR = "unit_registrar", _("the unit's registrar")
    CENTRAL_REGISTRAR = "central_registrar", _("central registrar")
    ARCHIVIST = "archivist", _("archivist")
    # overseers and the elected
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("data protection officer")
    AUDITOR = "auditor", _("auditor")
    BOARD = "board", _("board")
    EXECUTIVE_BOARD = "executive_board", _("executive board")
    COUNCIL = "council", _("council")
    MAYOR = "mayor", _("mayor")
    GROUP_MEMBER = "group_member", _("member of a group")


#: Held on the municipality's root unit.
CENTRAL_ROLES = frozenset(
    {
        Role.CHIEF_EXECUTIVE,
        Role.INFORMATION_OFFICER,
        Role.COMMUNICATIONS_OFFICER,
        Role.HEAD_OF_COMMUNICATIONS,
        Role.CENTRAL_REGISTRAR,
        Role.ARCHIVIST,
        Role.DATA_PROTECTION_OFFICER,
        Role.AUDITOR,
        Role.MAYOR,
    }
)

#: They decide in a meeting: somebody records the decision for them, with its reference.
BODIES = frozenset({Role.BOARD, Role.EXECUTIVE_BOARD, Role.COUNCIL})

#: What a policy may name. A seat is in some group, which the policy names instead.
NAMED_BY_POLICIES = tuple(role for role in Role if role != Role.GROUP_MEMBER)

#: Held on one channel, through its plan and its written assignments.
CHANNEL_ROLES = frozenset(
    {
        Role.CHANNEL_OWNER,
        Role.RESPONSIBLE_PERSON,
        Role.SUBSTITUTE,
        Role.ADMINISTRATOR,
        Role.EDITOR,
    }
)
