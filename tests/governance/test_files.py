"""A file is what its bytes are, lies under its digest, and leaves as a download only."""

import io
import stat
import zipfile
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override
from PIL import Image, ImageFile
from pytest_django import Settings

from governance import files
from governance.files import (
    IMAGES,
    PDF,
    ZIP,
    FileDamaged,
    FileRefused,
    attachment_response,
    open_stored,
    store,
    verify_stored,
)
from governance.models import StoredFile
from tests.town import NOW, Town


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    """A picture of noise, so that cutting it cuts something."""
    made = [Image.effect_noise(size, 90 + n).convert("RGB") for n in range(frames)]
    out = io.BytesIO()
    made[0].save(out, kind, **({"save_all": True, "append_images": made[1:]} if frames > 1 else {}))
    return out.getvalue()


def document(encryption: pikepdf.Encryption | bool = False) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=encryption)
    return out.getvalue()


def package(content: bytes = b"text") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("diary.csv", content)
    return out.getvalue()


def keep(town: Town, content: bytes, name: str = "bild.png", **options: object) -> StoredFile:
    return store(
        content,
        municipality=town.municipality,
        name=name,
        by=town.cleo,
        now=NOW,
        **options,  # type: ignore[arg-type]
    )


def on_disk(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_picture_is_kept_as_it_came_with_who_and_when(town: Town) -> None:
    content = picture()
    kept = keep(town, content)
    assert (kept.sha256, kept.size) == (sha256(content).hexdigest(), len(content))
    assert (kept.content_type, kept.stored_by, kept.stored_at) == ("image/png", town.cleo, NOW)
    assert kept.municipality == town.municipality
    with open_stored(kept) as opened:
        assert opened.read() == content
    assert verify_stored(kept)


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_each_kind_of_picture_is_known_by_its_bytes(
    town: Town, kind: str, content_type: str
) -> None:
    assert keep(town, picture(kind), name="x.exe").content_type == content_type


def test_a_moving_picture_is_taken(town: Town) -> None:
    assert keep(town, picture("GIF", frames=3)).content_type == "image/gif"


def test_a_pdf_and_a_package_are_taken_where_they_are_allowed(town: Town) -> None:
    assert keep(town, document(), "plan.pdf", allow=PDF).content_type == "application/pdf"
    assert keep(town, package(), "export.zip", allow=ZIP).content_type == "application/zip"
    with pytest.raises(FileRefused):
        keep(town, document(), "plan.pdf", allow=IMAGES)


def test_an_upload_in_pieces_is_kept_like_bytes(town: Town) -> None:
    content = picture("PNG", (900, 900))
    assert len(content) > files.CHUNK
    upload = SimpleUploadedFile("bild.png", content, content_type="text/html")
    kept = store(upload, municipality=town.municipality, name="b.png", by=town.cleo, now=NOW)
    assert kept.sha256 == sha256(content).hexdigest()
    assert kept.content_type == "image/png"


def test_the_bytes_lie_under_their_digest_for_the_program_alone(
    town: Town, settings: Settings
) -> None:
    kept = keep(town, picture())
    [path] = on_disk(settings.MEDIA_ROOT)
    assert path.parts[-3:] == (str(town.municipality.pk), kept.sha256[:2], kept.sha256[2:])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, settings.MEDIA_ROOT):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_bytes_twice_are_two_rows_and_one_file(town: Town, settings: Settings) -> None:
    content = picture()
    keep(town, content), keep(town, content, "en annan.png")
    assert StoredFile.objects.count() == 2
    assert len(on_disk(settings.MEDIA_ROOT)) == 1


def test_two_municipalities_never_share_a_file(town: Town, settings: Settings) -> None:
    content = picture()
    keep(town, content)
    store(content, municipality=town.neighbour, name="b.png", by=town.otto, now=NOW)
    assert len(on_disk(settings.MEDIA_ROOT)) == 2


REFUSED = {
    "a page called a picture": b"<!doctype html><script>alert(1)</script>",
    "a drawing that can run scripts": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a mark and nothing behind it": b"\x89PNG\r\n\x1a\n",
    "a picture cut off": picture()[:-200],
    "a JPEG cut off": picture("JPEG")[:-200],
    "nothing at all": b"",
    "another kind under the right mark": b"\xff\xd8\xff" + picture(),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_picture_is_refused_and_leaves_nothing(
    town: Town, settings: Settings, content: bytes
) -> None:
    with pytest.raises(FileRefused):
        keep(town, content)
    assert not StoredFile.objects.exists()
    assert on_disk(settings.MEDIA_ROOT) == []


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\nhello",
        document()[:-60],
        document(encryption=pikepdf.Encryption(user="x", owner="x")),
    ],
    ids=["only a mark", "cut off", "locked"],
)
def test_a_pdf_that_cannot_be_opened_is_refused(town: Town, content: bytes) -> None:
    with pytest.raises(FileRefused):
        keep(town, content, allow=PDF)


def test_a_package_with_a_damaged_member_is_refused(town: Town) -> None:
    whole = package(b"diary" * 100)
    middle = len("diary.csv") + 34
    with pytest.raises(FileRefused):
        keep(town, whole[:middle] + b"\x00\x00" + whole[middle + 2 :], allow=ZIP)


def test_a_package_that_unpacks_beyond_the_bound_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_PACKAGE_BYTES", 1000)
    with pytest.raises(FileRefused):
        keep(town, package(bytes(1001)), allow=ZIP)


def test_a_picture_with_more_points_than_the_bound_is_refused_before_it_is_decoded(
    town: Town,
) -> None:
    # one colour: a few kilobytes that would unpack to a quarter of a gigabyte
    bomb = io.BytesIO()
    Image.new("1", (files.MAX_PIXELS // 8000 + 1, 8000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(FileRefused):
        keep(town, bomb.getvalue())


def test_a_moving_picture_of_too_many_frames_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FRAMES", 2)
    with pytest.raises(FileRefused):
        keep(town, picture("GIF", frames=3))


def test_a_file_above_the_limit_is_refused_with_the_limit(town: Town) -> None:
    with override("en"), pytest.raises(FileRefused) as refused:
        keep(town, picture(), limit=1024)
    assert "1.0\xa0KB" in refused.value.message


def test_the_refusal_says_which_kinds_are_taken(town: Town) -> None:
    with override("en"), pytest.raises(FileRefused) as refused:
        keep(town, b"MZ\x90\x00 a program", "semesterbild.png")
    assert "PNG, JPEG, WebP, GIF" in refused.value.message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("bild.png", "bild.png"),
        ("Bild.PNG", "Bild.PNG"),
        ("../../etc/passwd", "passwd.png"),
        (r"C:\Users\anna\skärm dump.png", "skärm dump.png"),
        ("faktura.pdf.exe", "faktura.pdf.exe.png"),
        ("gnp.\u202eexe", "gnp.exe.png"),
        ("rad\r\nSet-Cookie: x.png", "rad Set-Cookie: x.png"),
        (".htaccess", "htaccess.png"),
        ("a\u0308.png", "ä.png"),
        ("å" * 300 + ".png", "å" * 196 + ".png"),
    ],
)
def test_a_name_is_only_a_name(town: Town, given: str, kept: str) -> None:
    assert keep(town, picture(), given).name == kept


@pytest.mark.parametrize("given", ["", "...", " ", "\x00", "/"])
def test_a_name_of_nothing_becomes_a_name(town: Town, given: str) -> None:
    name = keep(town, picture(), given).name
    assert name.endswith(".png")
    assert len(name) > len(".png")


def test_what_a_camera_wrote_into_a_picture_stays_in_it(town: Town) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2026:03:01 22:15:00"
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", exif=exif)
    with open_stored(keep(town, out.getvalue())) as opened, Image.open(opened) as kept:
        assert kept.getexif()[0x0132] == "2026:03:01 22:15:00"


def test_a_changed_file_is_noticed(town: Town, settings: Settings) -> None:
    kept = keep(town, picture())
    [path] = on_disk(settings.MEDIA_ROOT)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert not verify_stored(kept)


def test_a_file_cut_off_or_gone_is_not_handed_out(town: Town, settings: Settings) -> None:
    kept = keep(town, picture())
    [path] = on_disk(settings.MEDIA_ROOT)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FileDamaged):
        open_stored(kept)
    path.unlink()
    with pytest.raises(FileDamaged):
        attachment_response(kept)
    assert not verify_stored(kept)


def test_handing_the_file_in_again_mends_a_damaged_one(town: Town, settings: Settings) -> None:
    content = picture()
    kept = keep(town, content)
    [path] = on_disk(settings.MEDIA_ROOT)
    path.write_bytes(b"damaged")
    keep(town, content)
    assert verify_stored(kept)


def through_the_middleware(response: FileResponse) -> HttpResponse:
    """The response as the reader gets it: nothing on the way may loosen its headers."""
    from csp.middleware import CSPMiddleware
    from django.middleware.security import SecurityMiddleware

    def answer(_request: HttpRequest) -> FileResponse:
        return response

    done = SecurityMiddleware(CSPMiddleware(answer))(RequestFactory().get("/files/1/"))
    assert isinstance(done, FileResponse)
    return done  # type: ignore[return-value]


def test_a_file_leaves_as_a_download_that_no_browser_runs(town: Town) -> None:
    kept = keep(town, picture(), "skärm “dump”.png")
    response = through_the_middleware(attachment_response(kept))
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''sk%C3%A4rm%20%E2%80%9Cdump")
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert int(response["Content-Length"]) == kept.size


def test_what_nobody_may_keep_is_erased_and_its_row_stays(town: Town) -> None:
    stored = keep(town, picture())
    files.erase(stored)
    files.erase(stored)
    with pytest.raises(FileDamaged):
        open_stored(stored)
    assert StoredFile.objects.filter(pk=stored.pk).exists()


def test_a_picture_cut_off_is_refused_also_when_weasyprint_has_made_pillow_lenient(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(FileRefused):
        keep(town, picture()[:-200])
