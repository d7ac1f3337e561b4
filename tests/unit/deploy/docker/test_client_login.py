"""A client of Docker with the login of whoever deploys."""

import base64
import json

import pytest

from twinrail.deploy.targets.docker.client_login import client_login, with_login
from twinrail.system.errors import RegistryError
from twinrail.system.registry.login import Login

IMAGE = f"registry.example/team/shop@sha256:{'7' * 64}"
WORD = base64.b64encode(b"me:hunter2").decode()  # pragma: allowlist secret


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where the client keeps its settings; nobody is known."""
    for name in ("USER", "PASSWORD"):
        monkeypatch.delenv(f"TWINRAIL_REGISTRY_{name}", raising=False)
    folder = tmp_path / ".docker"
    folder.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


def test_its_own_logins_serve(home):
    """Where no variable says who asks, and for an image that no registry is asked for."""
    assert home.is_dir()
    for image in (IMAGE, f"sha256:{'7' * 64}"):
        with client_login(image) as found:
            assert found is None


def test_the_variables_win(home, monkeypatch):
    """Over a program that keeps logins too; what else the client is told stays, and nothing is left."""
    told = {"credsStore": "desktop", "credHelpers": {"registry.example": "x", "other": "y"}, "currentContext": "far"}
    (home / "config.json").write_text(json.dumps(told), encoding="utf-8")
    (home / "contexts").mkdir()
    monkeypatch.setenv("TWINRAIL_REGISTRY_USER", "me")
    monkeypatch.setenv("TWINRAIL_REGISTRY_PASSWORD", "hunter2")
    with client_login(IMAGE) as found:
        made = json.loads((found / "config.json").read_text(encoding="utf-8"))
        assert (0o700, 0o600) == (found.stat().st_mode & 0o777, (found / "config.json").stat().st_mode & 0o777)
        assert (found / "contexts").samefile(home / "contexts")
    assert {
        "credHelpers": {"other": "y"},
        "currentContext": "far",
        "auths": {"registry.example": {"auth": WORD}},
    } == made
    assert not found.exists()
    (home / "config.json").write_text("{", encoding="utf-8")
    with client_login(IMAGE) as found:
        assert {"registry.example": {"auth": WORD}} == json.loads((found / "config.json").read_text())["auths"]


def test_half_a_login(home, monkeypatch):
    """It is told before anybody is asked."""
    monkeypatch.setenv("TWINRAIL_REGISTRY_USER", "me")
    with pytest.raises(RegistryError, match="TWINRAIL_REGISTRY_PASSWORD is not"), client_login(IMAGE):
        pass
    assert home.is_dir()


def test_dockers_own_registry():
    """It is kept under an address of old."""
    made = with_login({}, "docker.io", Login(user="me", password="hunter2"))  # pragma: allowlist secret
    assert {"https://index.docker.io/v1/": {"auth": WORD}} == made["auths"]
