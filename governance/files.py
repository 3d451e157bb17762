"""Files, checked by their content and stored under their digest, outside every served folder.

An upload's name and declared kind are never believed: the bytes must carry a known kind's mark and
really decode as it. They are kept as they came (what a camera wrote into a picture is evidence
too) under `<MEDIA_ROOT>/<municipality id>/ab/cdef…`, readable by the program alone, once however
often they are handed in. Who may see a file is decided by the caller of `attachment_response`.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from io import BufferedReader
from itertools import count
from pathlib import Path

import pikepdf
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile

from governance.models import Municipality, StoredFile, User

MAX_BYTES = 25 * 1024 * 1024
#: A full-page picture of a long page has some 40 million points; one decoded costs 4 bytes each.
MAX_PIXELS = 64_000_000
#: A moving picture: how many frames, and all of them together.
MAX_FRAMES = 2_000
MAX_PIXELS_IN_MOTION = 512_000_000
#: A package as it lies, and all that is packed in it.
MAX_PACKAGE_BYTES = 8 * 1024**3
CHUNK = 1024 * 1024
NAME_LENGTH = 200

PNG, JPEG, WEBP, GIF = "image/png", "image/jpeg", "image/webp", "image/gif"
IMAGES = frozenset({PNG, JPEG, WEBP, GIF})
PDF = frozenset({"application/pdf"})
ZIP = frozenset({"application/zip"})


class FileRefused(ValidationError):  # noqa: N818 - an answer, not a fault of the program
    """The file is not taken; `message` says why, to stand beside the field."""


class FileDamaged(OSError):  # noqa: N818 - what is so, not what went wrong here
    """What is stored is missing, or is not what was stored."""


def store(
    content: bytes | File[bytes],
    *,
    municipality: Municipality,
    name: str,
    by: User,
    now: datetime,
    allow: Iterable[str] = IMAGES,
    limit: int = MAX_BYTES,
) -> StoredFile:
    """Check and keep a file, and write the row that says who put it here when.

    `allow` is the content types taken, `limit` the greatest size in bytes. Raises FileRefused.
    The bytes are on the disk before the row is written, so a row never lacks its file.
    """
    with _incoming(_pieces(content), municipality, limit) as incoming:
        kind = _kind_of(incoming.path, frozenset(allow))
        target = _path(municipality.pk, incoming.sha256)
        private_folder(target.parent)
        # also over a copy that is there already: the bytes are the same, or theirs were damaged
        incoming.path.replace(target)
        sync_folder(target.parent)
    return StoredFile.objects.create(
        municipality=municipality,
        sha256=incoming.sha256,
        name=clean_name(name, kind),
        content_type=kind.content_type,
        size=incoming.size,
        stored_by=by,
        stored_at=now,
    )


@contextmanager
def examined(
    content: File[bytes], *, municipality: Municipality, allow: Iterable[str], limit: int
) -> Iterator[Path]:
    """The file, checked as `store` checks it, and gone when the caller has done with it."""
    with _incoming(_pieces(content), municipality, limit) as incoming:
        _kind_of(incoming.path, frozenset(allow))
        yield incoming.path


def open_stored(file: StoredFile) -> BufferedReader:
    """The file's bytes, opened for reading. Raises FileDamaged if it is gone or cut off."""
    try:
        opened = _path(file.municipality_id, file.sha256).open("rb")
    except FileNotFoundError as missing:
        raise FileDamaged(_("The file “%s” is missing.") % file.name) from missing
    if os.fstat(opened.fileno()).st_size != file.size:
        opened.close()
        raise FileDamaged(_("The file “%s” does not have the size it had.") % file.name)
    return opened


def verify_stored(file: StoredFile) -> bool:
    """Whether the bytes are still those whose digest was written down."""
    try:
        with open_stored(file) as opened:
            return file_digest(opened, "sha256").hexdigest() == file.sha256
    except FileDamaged:
        return False


def erase(file: StoredFile) -> None:
    """Take the bytes away for good, from every row of the municipality that has their digest.

    For what nobody may keep. The rows stay and say that there was something. Call it when the
    transaction that tells of it has been committed; bytes that are gone already are no fault.
    """
    path = _path(file.municipality_id, file.sha256)
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def attachment_response(file: StoredFile) -> FileResponse:
    """The file as a download that no browser opens as a page. Raises FileDamaged.

    The caller has decided that the reader may see it.
    """
    response = FileResponse(
        open_stored(file), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


# --- what a file is ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the mark it begins with, what it is called, and how it is decoded."""

    content_type: str
    mark: re.Pattern[bytes]
    label: str | Promise
    extensions: tuple[str, ...]
    decode: Callable[[Path], None]


def _decode_image(pillow_format: str) -> Callable[[Path], None]:
    def decode(path: Path) -> None:
        # WeasyPrint, once imported, makes Pillow take pictures that are cut off
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound is ours
            with Image.open(path, formats=(pillow_format,)) as picture:
                _decode_frames(picture)

    return decode


def _decode_frames(picture: Image.Image) -> None:
    points = 0
    for frame in count():
        try:
            picture.seek(frame)
        except EOFError:
            return
        points += picture.width * picture.height
        # before the frame is decoded: its size stands in its header
        if (
            picture.width * picture.height > MAX_PIXELS
            or points > MAX_PIXELS_IN_MOTION
            or frame >= MAX_FRAMES
        ):
            raise FileRefused(_("The picture is too large to open. Send it with fewer pixels."))
        picture.load()


def _decode_pdf(path: Path) -> None:
    try:
        with pikepdf.open(path, attempt_recovery=False) as document:
            if not document.pages:
                raise FileRefused(_("The PDF has no pages."))
            for page in document.pages:
                page.obj.keys()
    except pikepdf.PasswordError:
        raise FileRefused(_("The PDF is locked with a password. Send it without one.")) from None


def _decode_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        if sum(member.file_size for member in package.infolist()) > MAX_PACKAGE_BYTES:
            raise FileRefused(
                _("The package is too large when it is unpacked. The limit is %(limit)s.")
                % {"limit": filesizeformat(MAX_PACKAGE_BYTES)}
            )
        if package.testzip() is not None:
            raise zipfile.BadZipFile


KINDS = (
    Kind(PNG, re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG", (".png",), _decode_image("PNG")),
    Kind(JPEG, re.compile(rb"\xff\xd8\xff"), "JPEG", (".jpg", ".jpeg"), _decode_image("JPEG")),
    Kind(WEBP, re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP", (".webp",), _decode_image("WEBP")),
    Kind(GIF, re.compile(rb"GIF8[79]a"), "GIF", (".gif",), _decode_image("GIF")),
    Kind("application/pdf", re.compile(rb"%PDF-"), "PDF", (".pdf",), _decode_pdf),
    Kind(
        "application/zip",
        re.compile(rb"PK\x03\x04"),
        gettext_lazy("ZIP package"),
        (".zip",),
        _decode_zip,
    ),
)


def _kind_of(path: Path, allow: frozenset[str]) -> Kind:
    """The kind that the bytes really are, if it is among those allowed. Raises FileRefused."""
    with path.open("rb") as opened:
        beginning = opened.read(16)
    allowed = [kind for kind in KINDS if kind.content_type in allow]
    for kind in allowed:
        if kind.mark.match(beginning):
            break
    else:
        raise FileRefused(
            _("The file is not of a kind that is taken here. Send %(kinds)s.")
            % {"kinds": ", ".join(str(kind.label) for kind in allowed)}
        )
    try:
        kind.decode(path)
    except FileRefused:
        raise
    except Exception as broken:
        # decoders met with hostile or broken bytes raise whatever they please
        raise FileRefused(
            _("The file begins as %(kind)s but cannot be opened as such. It may be damaged.")
            % {"kind": kind.label}
        ) from broken
    return kind


def clean_name(name: str, kind: Kind) -> str:
    """A name that is only a name: no folders, no invisible signs, and the kind's own ending."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(" " if sign.isspace() else sign for sign in bare)
    # control, format (which turn the direction of writing), surrogate and private signs
    shown = "".join(sign for sign in shown if not unicodedata.category(sign).startswith("C"))
    shown = re.sub(r"\s+", " ", shown).strip(" .") or _("file")
    stem, dot, ending = shown.rpartition(".")
    if dot and f".{ending.lower()}" in kind.extensions:
        shown, ending = stem, f".{ending}"
    else:
        ending = kind.extensions[0]
    return shown[: NAME_LENGTH - len(ending)] + ending


# --- how it reaches the disk -------------------------------------------------------------------


@dataclass(slots=True)
class _Incoming:
    path: Path
    sha256: str
    size: int


@contextmanager
def _incoming(
    pieces: Iterable[bytes], municipality: Municipality, limit: int
) -> Iterator[_Incoming]:
    """The pieces in a file of their own, on the disk, which goes unless it has been moved."""
    folder = _folder(municipality.pk)
    private_folder(folder)
    digest, size = sha256(), 0
    # mkstemp makes the file readable by its owner alone
    descriptor, name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as writing:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise FileRefused(
                        _("The file is too large. The limit is %(limit)s.")
                        % {"limit": filesizeformat(limit)}
                    )
                digest.update(piece)
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
        if not size:
            raise FileRefused(_("The file is empty."))
        yield _Incoming(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def _pieces(content: bytes | File[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        yield from content.chunks(CHUNK)


def _folder(municipality_id: int) -> Path:
    # by number: a municipality's address may change
    return Path(settings.MEDIA_ROOT) / str(municipality_id)


def _path(municipality_id: int, digest: str) -> Path:
    return _folder(municipality_id) / digest[:2] / digest[2:]


def private_folder(folder: Path) -> None:
    """See to it that the folder is there; what has to be made is open to the program alone."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder durable, as fsync makes the bytes of the file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
