"""The municipality's logo: what is taken as one, what is kept of it, and which one held when.

What is handed in is checked by its content and drawn anew as PNG: what a program or a camera wrote
beside the picture is not published with it. SVG is not taken, since a drawing can carry a program.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageStat

from governance.actions import root_of
from governance.audit import record
from governance.errors import AgainstPolicy
from governance.files import JPEG, PNG, FileRefused, examined, open_stored, store
from governance.models import Municipality, StoredFile, User
from governance.permissions import require
from governance.public_pages import touch
from governance.transitions import locked

LIMIT: Final = 5 * 1024 * 1024
#: Points of the longer side: fewer are blurred on paper, where it is up to 60 mm wide.
LEAST: Final = 300
#: Width and height in points of what is kept; larger ones are drawn smaller.
MOST: Final = (1200, 600)
#: Width by height: a coat of arms on end, a long word.
NARROWEST, WIDEST = 0.5, 6.0
#: Of 255. Where nothing is darker, nothing is seen on white paper, nor in a copy of it.
DARK: Final = 150


@transaction.atomic
def change_logo(
    municipality: Municipality, upload: File[bytes] | None, *, by: User, now: datetime
) -> Municipality:
    """Let the municipality have this logo from now on, or none.

    Documents that were made before keep the one they have. Raises NotAllowed without
    `manage_organisation`, AgainstPolicy (field `new_logo`) for what cannot be a logo.
    """
    municipality = locked(municipality)
    require(by, "manage_organisation", root_of(municipality), now=now)
    if upload is None and municipality.logo_id is None:
        return municipality
    municipality.logo = _kept(upload, municipality, by=by, now=now) if upload else None
    municipality._history_date = now  # type: ignore[attr-defined]  # read by the history
    municipality.save(update_fields=["logo"])
    touch(municipality)
    kept = municipality.logo
    record("municipality.logo_changed", municipality, by=by, now=now, sha256=kept and kept.sha256)
    return municipality


def address_of(municipality: Municipality | None) -> str:
    """Where anybody fetches the logo; another logo has another address. Empty without one."""
    if municipality is None or municipality.logo_id is None:
        return ""
    return reverse("logo", args=[municipality.slug, municipality.logo_id])


def logo_at(municipality: Municipality, moment: datetime) -> StoredFile | None:
    """The logo that the municipality had at a moment, or None."""
    before = municipality.history.filter(history_date__lte=moment)
    row = before.order_by("-history_date", "-history_id").select_related("logo").first()
    return row.logo if row else None


def content_of(logo: StoredFile) -> bytes:
    """The picture, a PNG. Raises FileDamaged."""
    with open_stored(logo) as opened:
        return opened.read()


def _kept(
    upload: File[bytes], municipality: Municipality, *, by: User, now: datetime
) -> StoredFile:
    try:
        with examined(upload, municipality=municipality, allow={PNG, JPEG}, limit=LIMIT) as path:
            content = _drawn(path)
    except FileRefused as refused:
        raise AgainstPolicy(str(refused.message), field="new_logo") from None
    return store(content, municipality=municipality, name="logo.png", by=by, now=now, allow={PNG})


def _drawn(path: Path) -> bytes:
    """The picture as it is kept. Raises FileRefused."""
    with Image.open(path, formats=("PNG", "JPEG")) as opened:
        if opened.mode.startswith("I"):  # 16 bits, which would all be drawn as white
            raise FileRefused(_("Send it in ordinary colours, 8 bits of each."))
        picture = ImageOps.exif_transpose(opened)
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    _require_shape(*picture.size)
    _require_seen_on_white(picture)
    picture.thumbnail(MOST)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _require_shape(width: int, height: int) -> None:
    if max(width, height) < LEAST:
        raise FileRefused(
            _("It has too few points for print: the longer side needs at least %(n)d.")
            % {"n": LEAST}
        )
    if not NARROWEST <= width / height <= WIDEST:
        raise FileRefused(
            _("It is too long for a letterhead: at most six times as wide as high, twice as high.")
        )


def _require_seen_on_white(picture: Image.Image) -> None:
    paper = Image.new("RGBA", picture.size, "white")
    on_paper = Image.alpha_composite(paper, picture.convert("RGBA"))
    [(darkest, _lightest)] = ImageStat.Stat(on_paper.convert("L")).extrema
    if darkest > DARK:
        raise FileRefused(
            _("On white nothing of it would be seen. Send the version for a light ground.")
        )
