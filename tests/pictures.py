"""Small real pictures for tests that hand something in."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def png(colour: str = "red") -> bytes:
    """A picture of a few points in one colour."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return out.getvalue()


def upload(name: str = "skärmbild.png", colour: str = "red") -> SimpleUploadedFile:
    """The same as a browser sends it."""
    return SimpleUploadedFile(name, png(colour), "image/png")


def logo(
    size: tuple[int, int] = (900, 300), ink: str = "#0F6C7D", kind: str = "PNG", mode: str = "RGBA"
) -> SimpleUploadedFile:
    """A shield and a long word, on a ground that is seen through where the mode allows it."""
    image = Image.new(mode, size, (255, 255, 255, 0)[: len(mode)])
    width, height = size
    drawn = ImageDraw.Draw(image)
    drawn.rounded_rectangle((0, 0, height * 0.8, height - 1), height * 0.3, fill=ink)
    if width > height:
        drawn.rectangle((height, height * 0.35, width - 1, height * 0.65), fill=ink)
    out = io.BytesIO()
    image.save(out, kind)
    return SimpleUploadedFile(f"logotyp.{kind.lower()}", out.getvalue())
