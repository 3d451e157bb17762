"""Putting a duty off: by the form beside it on My work, or on a page of its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.errors import AgainstPolicy
from governance.obligations import put_off as put_off_duty
from governance.obligations.snoozing import owed_by
from governance.put_off_form import PutOffForm
from governance.signed_in import StaffRequest, signed_in
from governance.today import in_words
from governance.typed import refuse, typed


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def put_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the day and the reason; where they are refused, show them again and why."""
    now = timezone.now()
    row = owed_by(request.user, pk, now)
    form = typed(request, PutOffForm(request.POST or None))
    if form.is_valid():
        try:
            put_off_duty(row, **form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("It is put off. Others hear of it as before."))
            return redirect("today")
    context = {"row": in_words(row, now), "form": form}
    status = 422 if form.errors else 200
    return render(request, "governance/put_off.html", context, status=status)
