"""The only maker of PDFs: a template becomes PDF/A-2a and PDF/UA-1 in one file.

WeasyPrint declares one standard; the other is written into its XMP before the file is closed, so
that nothing has to be rewritten afterwards (a later seal must stay whole).
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

#: The last of Latin Extended-B: every font that we name has the letters up to here.
_ALWAYS_DRAWN: Final = 0x24F
VARIANT: Final = "pdf/a-2a"
STYLES: Final = Path(settings.BASE_DIR) / "templates" / "documents" / "document.css"

#: Which of its pictures the character before should have.
_VARIANTS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))
#: Pango's maps of fonts are not for two threads at once: they damage the memory of the process.
_one_at_a_time: Final = Lock()

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PDFA: Final = "http://www.aiim.org/pdfa/ns/id/"
_PREFIXES: Final = {
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
for _prefix, _namespace in _PREFIXES.items():
    ET.register_namespace(_prefix, _namespace)

#: What PDF/UA-1 (ISO 14289-1, 5) asks to stand in the metadata, and the description of it that
#: PDF/A-2 (ISO 19005-2, 6.6.2.3) asks of every property that is not its own.
_ACCESSIBLE: Final = f"""
<rdf:RDF xmlns:rdf="{_RDF}" {" ".join(f'xmlns:{p}="{n}"' for p, n in _PREFIXES.items())}>
 <rdf:Description rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
 <rdf:Description rdf:about="">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
   <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
   <pdfaSchema:namespaceURI>{_PREFIXES["pdfuaid"]}</pdfaSchema:namespaceURI>
   <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
   <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>part</pdfaProperty:name>
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
    <pdfaProperty:category>internal</pdfaProperty:category>
    <pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
   </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
 </rdf:Description>
</rdf:RDF>"""


def pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """The template as a tagged PDF in `language`: the same input gives the same bytes.

    The template must have `lang`, a title and real headings. Nothing is fetched from anywhere:
    `pictures` are PNG by the addresses under which the template shows them, `picture:…`.
    """
    with translation.override(language):
        html = render_to_string(template, {**context, "language": language})
    return pdf_of(html, pictures)


def pdf_of(html: str, pictures: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """The HTML of a document as a tagged PDF."""
    source = HTML(string=_drawable(html), url_fetcher=_Given(pictures))
    with _one_at_a_time:
        return _laid_out(source)


def _laid_out(source: HTML) -> bytes:
    styles, fonts = _styles()
    document = source.render(stylesheets=[styles], font_config=fonts, pdf_variant=VARIANT)
    made: bytes = document.write_pdf(finisher=_declare_accessible, pdf_variant=VARIANT)
    return made


def _drawable(html: str) -> str:
    """The text with the number in place of each character that no font of the machine can draw.

    PDF/A-2 (ISO 19005-2, 6.2.11.8) refuses a file in which one is left as an empty box.
    """
    for character in {each for each in html if ord(each) > _ALWAYS_DRAWN}:
        if not _is_drawn(character):
            html = html.replace(character, f"[U+{ord(character):04X}]")
    return html


@cache
def _is_drawn(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind[0] == "Z" or kind == "Cf" or character in _VARIANTS:
        return True  # spaces, joiners and selectors change how others look
    if kind[0] == "C":
        return False  # of private use, or of nobody's
    found = subprocess.run(
        ["fc-list", f":charset={ord(character):x}", "file"], capture_output=True, check=True
    )
    return bool(found.stdout)


@cache
def _styles() -> tuple[CSS, FontConfiguration]:
    """The stylesheet, parsed once in a process."""
    fonts = FontConfiguration()
    return CSS(filename=STYLES, font_config=fonts, url_fetcher=_Given()), fonts


class _Given(URLFetcher):
    """A document is made of what it is given; an address in an answer is never followed."""

    def __init__(self, pictures: Mapping[str, bytes] = MappingProxyType({})) -> None:
        super().__init__()
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in self._pictures:
            raise ValueError("A document fetches nothing.")
        return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})


def _declare_accessible(document: Any, made: Any) -> None:
    """Add PDF/UA-1 to the metadata, and leave them uncompressed for simple readers."""
    number = int(made.catalog["Metadata"].split()[0])
    metadata = made.objects[number]
    metadata.stream = [_with_accessibility(b"".join(metadata.stream))]
    metadata.compress = False


def _with_accessibility(packet: bytes) -> bytes:
    start, end = packet.index(b"<rdf:RDF"), packet.index(b"</rdf:RDF>") + len(b"</rdf:RDF>")
    rdf = ET.fromstring(packet[start:end])  # noqa: S314  made by WeasyPrint a moment ago
    for description in rdf.iter(f"{{{_RDF}}}Description"):
        for name in ("part", "conformance"):
            # some readers find the level only where it is an element
            value = description.attrib.pop(f"{{{_PDFA}}}{name}", None)
            if value is not None:
                ET.SubElement(description, f"{{{_PDFA}}}{name}").text = value
    rdf.extend(ET.fromstring(_ACCESSIBLE))  # noqa: S314
    return packet[:start] + ET.tostring(rdf) + packet[end:]
