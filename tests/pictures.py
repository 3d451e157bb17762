"""Small real pictures for tests that hand something in."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def png(colour: str = "red") -> bytes:
    """A picture of a few points in one colour."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return out.getvalue()


def upload(name: str = "skärmbild.png", colour: str = "red") -> SimpleUploadedFile:
    """The same as a browser sends it."""
    return SimpleUploadedFile(name, png(colour), "image/png")
