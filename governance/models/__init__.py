"""The tables of governance, a file per subject."""

from governance.models.audit import AuditEntry, AuditHead, Checkpoint
from governance.models.calendar_feed import CalendarFeed
from governance.models.file import StoredFile
from governance.models.notice import Notice
from governance.models.obligation import Escalation, Obligation
from governance.models.organisation import ClosedDay, Municipality, Unit
from governance.models.people import Absence, Appointment, User, name_not_shown
from governance.models.policy import Acknowledgement, GuidelineReview, PolicyVersion

__all__ = [
    "Absence",
    "Acknowledgement",
    "Appointment",
    "AuditEntry",
    "AuditHead",
    "CalendarFeed",
    "Checkpoint",
    "ClosedDay",
    "Escalation",
    "GuidelineReview",
    "Municipality",
    "Notice",
    "Obligation",
    "PolicyVersion",
    "StoredFile",
    "Unit",
    "User",
    "name_not_shown",
]
