"""Handing in a snapshot and looking at one."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from archive.actions.snapshots import register_snapshot, take_snapshot
from archive.duties import snapshot_period
from archive.forms import NumberForm, SnapshotForm, refuse
from archive.models import Snapshot
from channels.models import Channel
from channels.rights import permitted_channel
from channels.scope import scope_of
from governance.errors import AgainstPolicy
from governance.files import FileRefused, attachment_response
from governance.permissions import may, permitted
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed


@signed_in
@require_http_methods(["GET", "POST"])
def take(request: StaffRequest, pk: int) -> HttpResponse:
    """The form for a snapshot of one channel."""
    now = timezone.now()
    channel = permitted_channel(pk, "take_snapshot", request.user, now=now)
    returned = _returned(channel, request.GET.get("corrects"))
    form = typed(request, SnapshotForm(request.POST or None, request.FILES or None))
    if request.method == "POST" and form.is_valid():
        try:
            snapshot = take_snapshot(
                channel,
                form.cleaned_data["files"],
                trigger=form.cleaned_data["trigger"],
                taken_at=form.cleaned_data["taken_at"],
                note=form.cleaned_data["note"],
                corrects=returned,
                by=request.user,
                now=now,
            )
        except FileRefused as refusal:
            refuse(form, "files", " ".join(refusal.messages))
        except AgainstPolicy as refusal:
            refuse(form, refusal.field, refusal.message, refusal.clause)
        else:
            return redirect("archive:snapshot", pk=snapshot.pk)
    policy = policy_for(channel.unit, now)
    return render(
        request,
        "archive/take_snapshot.html",
        {
            "channel": channel,
            "form": form,
            "returned": returned,
            "rule": policy.rule("snapshot.interval", scope_of(channel)),
            "period": snapshot_period(policy, channel, now),
            "earlier": channel.snapshots.select_related("stored_by")[:5],
        },
        status=422 if form.errors else 200,
    )


def _returned(channel: Channel, asked: str | None) -> Snapshot | None:
    """The snapshot that the new one is to follow, where the address names one of the channel's."""
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    snapshots = channel.snapshots.select_related("returned_by")
    return get_object_or_404(snapshots, pk=int(asked), returned_at__isnull=False)


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """One snapshot: its files and what can be said of them; the registrar's number."""
    now = timezone.now()
    snapshots = Snapshot.objects.select_related(
        "channel__unit",
        "channel__platform",
        "municipality",
        "stored_by",
        "registered_by",
        "returned_by",
    )
    snapshot = permitted(snapshots, pk, "read", request.user, now=now)
    form = typed(request, NumberForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        try:
            register_snapshot(snapshot, form.cleaned_data["number"], by=request.user, now=now)
        except AgainstPolicy as refusal:
            refuse(form, refusal.field, refusal.message)
        else:
            return redirect("archive:snapshot", pk=snapshot.pk)
    return render(
        request,
        "archive/snapshot.html",
        {
            "snapshot": snapshot,
            "files": snapshot.files.select_related("file__stored_by"),
            "form": form,
            "may_register": may(request.user, "register_records", snapshot.unit, now),
        },
        status=422 if form.errors else 200,
    )


@signed_in
@require_GET
def download(request: StaffRequest, pk: int, position: int) -> FileResponse:
    """One file of a snapshot."""
    snapshots = Snapshot.objects.select_related("channel__unit")
    snapshot = permitted(snapshots, pk, "read", request.user, now=timezone.now())
    row = get_object_or_404(snapshot.files.select_related("file"), position=position)
    return attachment_response(row.file)
