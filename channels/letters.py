"""Why the letters of channels are written; those about what waits are named by their duty."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "plan_approved": _("A plan is approved"),
    "plan_stopped": _("A plan was returned or rejected"),
    "plan_notice": _("A plan for information"),
    "plan_copy": _("Copy of an approved plan"),
    "plan_taken_over": _("Somebody else goes on with a plan"),
    "account_refused": _("An account was not approved"),
}
