"""A certificate authority for trial: seals and time stamps that nobody outside has reason to trust.

For development and tests. Production gets its certificates from an authority that others trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: From before the demo's past until long after its future.
_BEGINS: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LASTS: Final = timedelta(days=365 * 30)

_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def make_authority(folder: Path, seals: Iterable[tuple[str, str]]) -> None:
    """Write keys and certificates into the folder: `roots.pem`, `timestamp.pem`, and a seal each.

    `seals` are pairs of slug and name of a municipality. What is there already is kept.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root_file, root_key_file = folder / "roots.pem", folder / "root-key.pem"
    if not root_file.exists():
        key = _key()
        root = _certificate("Uppsikt trial root", key, None)
        _write(root_key_file, _private(key))
        _write(root_file, _public(root))
    root = x509.load_pem_x509_certificate(root_file.read_bytes())
    above = serialization.load_pem_private_key(root_key_file.read_bytes(), password=None)
    assert isinstance(above, _Key)  # noqa: S101 - made here, of either kind
    wanted = [("timestamp", "Uppsikt trial time stamps", True)]
    wanted += [(slug, name, False) for slug, name in seals]
    for stem, name, stamps in wanted:
        path = folder / f"{stem}.pem"
        if not path.exists():
            own_key = _stamping_key() if stamps else _key()
            own = _certificate(name, own_key, (root, above), stamps=stamps)
            _write(path, _private(own_key) + _public(own) + _public(root))


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _stamping_key() -> rsa.RSAPrivateKey:
    # the library's local time stamps know RSA alone, and every use checks the key anew, which
    # takes a quarter of a second at 3 072 bits
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(
    name: str,
    key: _Key,
    above: tuple[x509.Certificate, _Key] | None,
    *,
    stamps: bool = False,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    authority = above is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if above is None else above[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGINS)
        .not_valid_after(_BEGINS + _LASTS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if above is not None:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(above[1].public_key())
        builder = builder.add_extension(issuer, critical=False)
    if stamps:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return builder.sign(key if above is None else above[1], hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
