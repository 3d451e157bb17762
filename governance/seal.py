"""The municipality's seal over its documents: PAdES signatures that are not seen, and a time stamp.

A seal says that the municipality's system vouches for the file as it stands. It is never a
signature in somebody's name: what people decided is printed in the document itself, and the
seal's reason repeats it. The seals are set one after the other into fields named after what they
seal, so that their order and number can be checked from outside; the last is followed by a
document time stamp with everything that is needed to verify it later (PAdES B-LTA, ETSI EN
319 142-1).

Keys and certificates lie as PEM files in `settings.SEAL_DIR`, which the database cannot reach:

* `SLUG.pem`: the private key, the municipality's certificate for electronic seals, and the chain
* `roots.pem`: the certificates that the chains of seals and time stamps end in
* `timestamp.pem`: a local authority's key, only where `settings.TIMESTAMP_URL` is empty

Nothing may rewrite a file once the first seal is on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asn1crypto import keys, pem, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper, TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

if TYPE_CHECKING:
    from governance.models import Municipality

#: SHA-256 always: with some sizes of key the library would choose another, and PDF 2.0 with it.
_DIGEST: Final = "sha256"
_CERTIFICATE: Final = "CERTIFICATE"
#: Seconds in which the time stamp authority must answer.
_PATIENCE: Final = 20


@dataclass(frozen=True)
class Occasion:
    """What one seal is set for: its field's name, and the reason that readers show."""

    field: str
    reason: str


@dataclass(frozen=True)
class _Bundle:
    """A private key, its certificate, and the certificates above it."""

    key: keys.PrivateKeyInfo
    certificate: x509.Certificate
    chain: list[x509.Certificate]

    def store(self) -> SimpleCertificateStore:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([self.certificate, *self.chain])
        return store


def field_name(key: str) -> str:
    """The name of the field for what has this key: a point would make it a field in a field."""
    return key.replace(".", "_")


def can_seal(municipality: Municipality) -> bool:
    """Whether the installation has a seal for the municipality."""
    return _file(municipality.slug).exists()


def sealed(content: bytes, occasions: Sequence[Occasion], *, municipality: Municipality) -> bytes:
    """The PDF with one seal for each occasion, in their order, and a document time stamp.

    The municipality must have a seal (`can_seal`). The moment is not given: a time stamp is worth
    something because somebody else says it. Raises pyHanko's TimestampRequestError where the
    authority does not answer.
    """
    bundle, stamper = _bundle(_file(municipality.slug)), _time_stamper()
    for number, occasion in enumerate(occasions, start=1):
        last = number == len(occasions)
        content = _seal(content, occasion, bundle, stamper, name=municipality.name, last=last)
    return content


def _seal(
    content: bytes,
    occasion: Occasion,
    bundle: _Bundle,
    stamper: TimeStamper,
    *,
    name: str,
    last: bool,
) -> bytes:
    particulars = signers.PdfSignatureMetadata(
        field_name=occasion.field,
        name=name,
        reason=occasion.reason,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=last,
        validation_context=validation_context(),
    )
    signer = signers.PdfSigner(
        particulars,
        signers.SimpleSigner(bundle.certificate, bundle.key, bundle.store()),
        timestamper=stamper,
        # without a box: nobody sees it, and it need not be in the document's tags (ISO 14289-1)
        new_field_spec=SigFieldSpec(occasion.field),
    )
    with ThreadPoolExecutor(max_workers=1) as apart:
        # the library runs an event loop of its own, which it cannot where one is running already
        out: BytesIO = apart.submit(
            signer.sign_pdf, IncrementalPdfFileWriter(BytesIO(content))
        ).result()
    return out.getvalue()


def validation_context() -> ValidationContext:
    """What is trusted: the roots of the installation, and what their authorities say today."""
    return ValidationContext(
        trust_roots=list(_certificates(_folder() / "roots.pem")),
        allow_fetching=True,
        revocation_mode="soft-fail",
    )


def _time_stamper() -> TimeStamper:
    if settings.TIMESTAMP_URL:
        return HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=_PATIENCE)
    local = _bundle(_folder() / "timestamp.pem")
    return DummyTimeStamper(local.certificate, local.key, local.store())


def _folder() -> Path:
    return Path(settings.SEAL_DIR)


def _file(slug: str) -> Path:
    return _folder() / f"{slug}.pem"


def _bundle(path: Path) -> _Bundle:
    own, *chain = _certificates(path)
    key = next(der for label, der in _parts(path) if label != _CERTIFICATE)
    return _Bundle(keys.PrivateKeyInfo.load(key), own, chain)


def _certificates(path: Path) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for label, der in _parts(path) if label == _CERTIFICATE]


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    for label, _headers, der in pem.unarmor(path.read_bytes(), multiple=True):
        yield label, der
