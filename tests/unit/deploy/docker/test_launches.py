"""With what instances are made: written down without a secret, and made whole again."""

import dataclasses
import json

import pytest

from twinrail.deploy.targets.docker.hiding import hiding
from twinrail.deploy.targets.docker.launches import Part, exposed, filled, make_launch, read_launch
from twinrail.system.errors import ProjectError


def part(password="hunter2"):  # pragma: allowlist secret
    return Part(
        service="web",
        said={"command": ["serve", "--key"], "mem_limit": "1g", "init": True},
        environment={"URL": f"postgresql://shop:{password}@db/shop", "PASSWORD": password},
        networks=("shop_default",),
        volumes={"data": "shop_data"},
        files={"tls": "/srv/tls.pem"},
    )


def launch(monkeypatch, password="hunter2", **more):  # pragma: allowlist secret
    monkeypatch.setenv("PASSWORD", password)
    return make_launch([part(password)], ("PASSWORD",), "salt", **more)


def test_no_secret_is_written_down(monkeypatch):
    """Wherever its value stands its name is kept; whoever starts one fills in what is in their environment."""
    made = launch(monkeypatch)
    text = json.dumps(dataclasses.asdict(made))
    assert "hunter2" not in text
    assert (part(),) == filled(made)
    again = read_launch(json.loads(text))
    assert (made, (part(),)) == (again, filled(again))
    monkeypatch.setenv("PASSWORD", "new")
    assert (part("new"),) == filled(again)


def test_secret_that_is_set_no_longer(monkeypatch):
    """What was started with it is not started with nothing in its place."""
    made = launch(monkeypatch)
    monkeypatch.delenv("PASSWORD")
    with pytest.raises(ProjectError, match="PASSWORD is not in the environment"):
        filled(made)
    assert (plain := make_launch([part("")], ("PASSWORD",), "")).parts == filled(plain)


def test_hidden(monkeypatch, tmp_path):
    """Variables and what stands below /run/secrets, a line of a longer one too; braces of a key file tell nothing."""
    (tmp_path / "key").write_text('{\n"private": "abc"\n}\n', encoding="utf-8")
    files = {"key": str(tmp_path / "key"), "word": "$WORD", "theirs": "=theirs", "gone": str(tmp_path / "gone")}
    monkeypatch.setenv("WORD", "open sesame")
    monkeypatch.setenv("OTHER", "xyzzy")
    made = launch(monkeypatch)
    hide = hiding(("OTHER", "NONE"), [dataclasses.replace(made, parts=(dataclasses.replace(part(), files=files),))])
    assert "*** *** *** { *** }" == hide('hunter2 open sesame xyzzy { "private": "abc" }')


def test_another_secret_makes_other_settings(monkeypatch):
    """What runs with an older password is replaced; nothing else is."""
    assert launch(monkeypatch).settings == launch(monkeypatch).settings
    assert launch(monkeypatch).settings != launch(monkeypatch, "other").settings


def test_secrets_of_which_one_is_part_of_another(monkeypatch):
    """Each comes back as it was; one that is not set stands nowhere."""
    monkeypatch.setenv("SHORT", "pass")
    monkeypatch.setenv("LONG", "passport")
    said = dataclasses.replace(part(), environment={"A": "pass", "B": "passport"})
    made = make_launch([said], ("SHORT", "LONG", "NONE"), "")
    assert (said,) == filled(made)
    assert "pass" not in json.dumps(made.parts[0].environment)


def test_secret_that_would_be_an_argument(monkeypatch):
    """Where one stands outside of the variables it is told, however deep."""
    monkeypatch.setenv("PASSWORD", "hunter2")
    said = {"command": ["serve", "--key=hunter2"], "labels": {"note": "hunter2"}, "init": True}
    made = make_launch([dataclasses.replace(part(), said=said)], ("PASSWORD",), "")
    assert [("web", "command", "PASSWORD"), ("web", "labels", "PASSWORD")] == exposed(made)
    assert [] == exposed(launch(monkeypatch))
