"""Who wakes a browser says who they are: the key of the installation, and its signed word.

SOURCE: RFC 8292 (VAPID): an ES256 token over the push service's origin, `vapid t=…, k=…`.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Push services refuse more than 24 hours.
LASTS_S: Final = 12 * 3600
_PURPOSE: Final = b"sportello push 1"
# The order of P-256: a private key is a number from 1 to one less.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Signer:
    """`contact`: an https or mailto address under which the installation can be asked."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str

    @property
    def public(self) -> str:
        """As a browser wants it when it subscribes."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _plain(point)

    def authorization(self, address: str, now_s: int) -> str:
        """The header for one push; `now_s` in Unix time, by the clock on the wall."""
        parts = urlsplit(address)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": now_s + LASTS_S,
            "sub": self.contact,
        }
        told = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        first, second = decode_dss_signature(self.key.sign(told.encode(), ec.ECDSA(SHA256())))
        signature = _plain(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
        return f"vapid t={told}.{signature}, k={self.public}"


def signer_of(secret_key: str, url: str) -> Signer:
    """The installation's own, the same as long as its secret key is. `url`: where pages are."""
    kdf = HKDF(algorithm=SHA256(), length=48, salt=None, info=_PURPOSE)
    number = int.from_bytes(kdf.derive(secret_key.encode()), "big") % (_ORDER - 1) + 1
    host = urlsplit(url).hostname or "localhost"
    contact = url if url.startswith("https://") else f"mailto:sportello@{host}"
    return Signer(ec.derive_private_key(number, ec.SECP256R1()), contact)


def _part(told: dict[str, object]) -> str:
    return _plain(json.dumps(told, separators=(",", ":")).encode())


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
