"""The tables of governance, a file per subject."""

from governance.models.audit import AuditEntry, AuditHead, Checkpoint
from governance.models.calendar import ClosedDay, OfficeHours
from governance.models.calendar_feed import CalendarFeed
from governance.models.file import StoredFile
from governance.models.notice import Notice
from governance.models.obligation import Escalation, HeldBack, Obligation
from governance.models.organisation import Municipality, Unit
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
    "HeldBack",
    "Municipality",
    "Notice",
    "Obligation",
    "OfficeHours",
    "PolicyVersion",
    "StoredFile",
    "Unit",
    "User",
    "name_not_shown",
]
