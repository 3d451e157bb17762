"""The tables of channels, a file per subject."""

from channels.models.channel import (
    Channel,
    ChannelGroupObjectPermission,
    ChannelUserObjectPermission,
    Platform,
    PlatformRename,
)
from channels.models.checklist import BasisChange, ChannelCheck
from channels.models.custody import Custody, Secret, SecretLook
from channels.models.goals import GoalFollowUp, GoalResult
from channels.models.importing import Import
from channels.models.people import EditorAssignment
from channels.models.personal_data import LocalSupplement, PersonalDataAssessment
from channels.models.plan import Decision, Goal, Plan, PlanPerson, PlanVersion
from channels.models.plan_review import PlanReview

__all__ = [
    "BasisChange",
    "Channel",
    "ChannelCheck",
    "ChannelGroupObjectPermission",
    "ChannelUserObjectPermission",
    "Custody",
    "Decision",
    "EditorAssignment",
    "Goal",
    "GoalFollowUp",
    "GoalResult",
    "Import",
    "LocalSupplement",
    "PersonalDataAssessment",
    "Plan",
    "PlanPerson",
    "PlanReview",
    "PlanVersion",
    "Platform",
    "PlatformRename",
    "Secret",
    "SecretLook",
]
