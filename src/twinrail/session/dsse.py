"""Signs a statement, and says who signed one: DSSE envelopes. The one file that needs securesystemslib.

It runs by its path in a virtual environment of its own (lock `sign`), so that the pack goes without cryptography, and
imports nothing of the pack: `python -I dsse.py sign|verify FILE`. FILE holds JSON. To sign: `type`, `payload` as text,
and `key`, the path of a private key in PEM; where that is empty the key is the value of TWINRAIL_SIGNING_KEY; of the
`former` envelopes the first one that this key has signed is given back instead of a new one. To verify: `envelopes`,
and `keys`, public keys in PEM by what they are called. It prints JSON: an envelope; or for each envelope its `type`
and `payload`, and the `signer` whose key it was signed with, null where it is none of them.
"""

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]

_PRIVATE = (Ed25519PrivateKey, EllipticCurvePrivateKey)
_PUBLIC = (Ed25519PublicKey, EllipticCurvePublicKey)


class Unusable(Exception):
    """A key that cannot be used; the text says why, and holds nothing of it."""


def sign(asked: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """The envelope of a payload, signed; or the first of the former ones that the key has signed."""
    data = Path(asked["key"]).read_bytes() if asked["key"] else secret.encode()
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unusable("it is no private key in PEM without a passphrase") from None
    if not isinstance(key, _PRIVATE) or (isinstance(key, EllipticCurvePrivateKey) and key.curve.name != "secp256r1"):
        raise Unusable("it is neither Ed25519 nor ECDSA on P-256")
    signer = CryptoSigner(key)
    for each in asked.get("former", ()):
        if _read(each, {"own": signer.public_key})["signer"]:
            return dict(each)
    envelope = Envelope(asked["payload"].encode(), asked["type"], {})
    envelope.sign(signer)
    told: dict[str, Any] = envelope.to_dict()
    return told


def verify(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each envelope holds, and who signed it."""
    keys = {name: _public(name, text) for name, text in asked["keys"].items()}
    return [_read(each, keys) for each in asked["envelopes"]]


def _public(name: str, text: str) -> SSlibKey:
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Unusable(f"{name} is no public key in PEM") from None
    if not isinstance(key, _PUBLIC) or (isinstance(key, EllipticCurvePublicKey) and key.curve.name != "secp256r1"):
        raise Unusable(f"{name} is neither Ed25519 nor ECDSA on P-256")
    return SSlibKey.from_crypto(key)


def _read(told: Any, keys: Mapping[str, SSlibKey]) -> dict[str, Any]:
    nothing = {"type": "", "payload": "", "signer": None}
    try:
        kind, payload = str(told["payloadType"]), base64.b64decode(told["payload"], validate=True)
        signatures = [base64.b64decode(each["sig"], validate=True).hex() for each in told["signatures"]]
        text = payload.decode()
    except (KeyError, TypeError, ValueError):
        return nothing
    signed = Envelope(payload, kind, {}).pae()
    # A key's name in an envelope is a hint, and anybody's to write: each key is tried.
    signers = (name for each in signatures for name, key in keys.items() if _signed(key, each, signed))
    return {"type": kind, "payload": text, "signer": next(signers, None)}


def _signed(key: SSlibKey, signature: str, data: bytes) -> bool:
    try:
        key.verify_signature(Signature(key.keyid, signature), data)
    except (UnverifiedSignatureError, VerificationError):
        return False
    return True


def main() -> int:
    """0 when it is done, 3 when a key cannot be used, with one line that says why."""
    asked = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    try:
        done = sign(asked, os.environ.get("TWINRAIL_SIGNING_KEY", "")) if sys.argv[1] == "sign" else verify(asked)
    except (Unusable, OSError) as error:
        print(error.strerror if isinstance(error, OSError) else error, file=sys.stderr)
        return 3
    print(json.dumps(done))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
