"""Certificates for tests: an authority, and what it signs for the loopback interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificates:
    """PEM files: the authority's certificate, and a certificate and key signed by it.

    `both` holds key and certificate in one file.
    """

    authority: Path
    certificate: Path
    key: Path
    both: Path


def make(directory: Path, names: Sequence[str] = ("localhost",)) -> Certificates:
    """Make an authority and a certificate for 127.0.0.1 and the names, good for a day."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fundwatch tests")])
    holder = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    authority = _signed(issuer, issuer, authority_key, authority_key, constraints)
    subject = [*map(x509.DNSName, names), x509.IPAddress(ip_address("127.0.0.1"))]
    own = _signed(holder, issuer, key, authority_key, x509.SubjectAlternativeName(subject))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    made = Certificates(
        *(directory / name for name in ("ca.pem", "server.crt", "server.key", "server.pem"))
    )
    made.authority.write_bytes(authority)
    made.certificate.write_bytes(own)
    made.key.write_bytes(private)
    made.key.chmod(0o600)
    made.both.write_bytes(private + own)
    return made


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
