"""Envelopes as the program makes and reads them: every key tried, nothing believed that no key has signed."""

import base64
import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from twinrail.session import dsse

PAYLOAD = '{"_type": "x"}'


def pair(key):
    """A private key and its public one, in PEM."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


ED25519, P256 = pair(Ed25519PrivateKey.generate()), pair(generate_private_key(SECP256R1()))
ASKED = {"type": "application/vnd.in-toto+json", "payload": PAYLOAD, "key": ""}


def read(envelope, *keys):
    """What one envelope holds."""
    return dsse.verify({"envelopes": [envelope], "keys": {f"{number}.pub": key for number, key in enumerate(keys)}})[0]


@pytest.mark.parametrize("keys", [ED25519, P256])
def test_signed_and_read(keys):
    """Whoever has the public key knows whose it is; who has another knows that it is not his."""
    envelope = dsse.sign(ASKED, keys[0])
    other = P256[1] if keys is ED25519 else ED25519[1]
    assert {"type": ASKED["type"], "payload": PAYLOAD, "signer": "1.pub"} == read(envelope, other, keys[1])
    assert read(envelope, other)["signer"] is None


@pytest.mark.parametrize("keys", [ED25519, P256])
def test_signed_before(keys):
    """What the same key has signed is given back; what another has, or nobody, is not."""
    mine, other = dsse.sign(ASKED, keys[0]), dsse.sign(ASKED, (P256 if keys is ED25519 else ED25519)[0])
    asked = {**ASKED, "payload": "another"}
    assert mine == dsse.sign({**asked, "former": [None, other, mine]}, keys[0])
    assert "another" == read(dsse.sign({**asked, "former": [other]}, keys[0]), keys[1])["payload"]


def test_a_name_in_it_proves_nothing():
    """An envelope may call its key what it likes, as cosign's do not at all."""
    envelope = dsse.sign(ASKED, ED25519[0])
    for name in ("", "another"):
        envelope["signatures"][0]["keyid"] = name
        assert "0.pub" == read(envelope, ED25519[1])["signer"]


@pytest.mark.parametrize("part", ["payload", "payloadType"])
def test_what_was_changed(part):
    """Neither what it says nor what kind it is can be changed."""
    envelope = dsse.sign(ASKED, ED25519[0])
    envelope[part] = base64.b64encode(b"{}").decode() if part == "payload" else "text/plain"
    assert read(envelope, ED25519[1])["signer"] is None


@pytest.mark.parametrize("envelope", [None, [], {}, "x", {"payload": "%", "payloadType": "a", "signatures": []},
                                      {"payload": "", "payloadType": "a", "signatures": [7]}])  # fmt: skip
def test_what_is_no_envelope(envelope):
    """It is signed by nobody."""
    assert read(envelope, ED25519[1])["signer"] is None


@pytest.mark.parametrize(
    "key", ["", "x", ED25519[1], pair(generate_rsa(65537, 2048))[0], pair(generate_private_key(SECP384R1()))[0]]
)
def test_keys_that_do_not_sign(key):
    """It is said of what kind they must be, and nothing of what they are."""
    with pytest.raises(dsse.Unusable, match="it is n") as told:
        dsse.sign(ASKED, key)
    assert "BEGIN" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize("key", ["x", ED25519[0], pair(generate_rsa(65537, 2048))[1]])
def test_keys_that_verify_nothing(key):
    """They are named."""
    with pytest.raises(dsse.Unusable, match=r"0\.pub is n"):
        read({}, key)


def test_as_a_program(tmp_path):
    """A key in a file, and one that is not there."""
    (tmp_path / "key").write_text(ED25519[0], encoding="utf-8")
    results = []
    for name in ("key", "nobody"):
        (tmp_path / "asked").write_text(json.dumps({**ASKED, "key": str(tmp_path / name)}), encoding="utf-8")
        command = [sys.executable, "-I", dsse.__file__, "sign", str(tmp_path / "asked")]
        results.append(subprocess.run(command, capture_output=True, text=True, check=False))
    assert "0.pub" == read(json.loads(results[0].stdout), ED25519[1])["signer"]
    assert (3, "No such file or directory\n") == (results[1].returncode, results[1].stderr)
