"""Who asks a registry: the variables, or what docker and podman keep."""

import base64
import json

import pytest

from twinrail.system.errors import RegistryError
from twinrail.system.registry.login import PASSWORD, TOKEN, USER, find_login

HOST = "registry.example"
KEPT = {"auths": {HOST: {"auth": base64.b64encode(b"ann:of:green").decode()}}}


@pytest.fixture
def found(tmp_path, shell, write):
    """Who is found, as a pair: with some variables, and what docker keeps."""

    def find(environ, kept=None, host=HOST):
        if kept is not None:
            write(".docker/config.json", kept if isinstance(kept, str) else json.dumps(kept))
        login = find_login(host, environ, tmp_path, shell)
        return login and (login.user, login.password)

    return find


def test_the_variables_come_first(found):
    """Both of them; half a login is a mistake that names the other half."""
    assert ("bea", "word") == found({USER: "bea", PASSWORD: "word"}, KEPT)
    for environ in ({USER: "bea"}, {PASSWORD: "word"}):  # pragma: allowlist secret
        with pytest.raises(RegistryError, match=f"is set, and {({USER, PASSWORD} - set(environ)).pop()} is not"):
            found(environ, KEPT)


def test_a_token_of_github_is_for_its_own_registry(found):
    """No other is ever given it; who says another login is asked for that."""
    environ = {TOKEN: "of-the-run"}  # pragma: allowlist secret
    assert ("token", "of-the-run") == found(environ, host="ghcr.io")
    assert found(environ) is None
    assert ("bea", "word") == found({**environ, USER: "bea", PASSWORD: "word"}, host="ghcr.io")


@pytest.mark.parametrize(
    "kept", [None, {}, {"auths": []}, {"auths": {HOST: {}}}, {"auths": {HOST: {"auth": "%"}}}, "[]"]
)
def test_nobody(found, kept):
    """Nothing is kept, or nothing of use."""
    assert found({}, kept) is None


def test_what_docker_keeps(found):
    """By the registry's name, and Docker's own by the one that it has there; a password may hold a colon."""
    assert ("ann", "of:green") == found({}, KEPT)
    assert ("ann", "of:green") == found({}, {"auths": {f"https://{HOST}": KEPT["auths"][HOST]}})
    assert ("ann", "of:green") == found(
        {}, {"auths": {"https://index.docker.io/v1/": KEPT["auths"][HOST]}}, "docker.io"
    )
    assert found({}, KEPT, "another.example") is None


def test_a_file_that_cannot_be_read(found):
    """It is named; nobody goes on as somebody else."""
    with pytest.raises(RegistryError, match=r"config\.json cannot be read"):
        found({}, "{")


@pytest.mark.parametrize("kept", [{"credsStore": "word"}, {"credHelpers": {HOST: "word"}}])
def test_a_program_that_keeps_them(found, tmp_path, monkeypatch, listener, kept):
    """It is asked on its standard input, and what it says is said nowhere else."""
    program = tmp_path / "docker-credential-word"
    told = '{"ServerURL": "x", "Username": "ann", "Secret": "of:green"}'  # pragma: allowlist secret
    program.write_text(f"#!/bin/sh\n[ \"$1 $(cat)\" = 'get {HOST}' ] && echo '{told}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert ("ann", "of:green") == found({}, kept)
    assert ([], []) == (listener.said, listener.ran)


def test_a_program_that_is_not_there(found):
    """Nobody is found, and no other program is run."""
    assert found({}, {"credsStore": "nobody-has-this"}) is None
    assert found({}, {"credsStore": "../../bin/sh"}) is None
