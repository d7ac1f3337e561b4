"""Images that a real engine built are checked: what was planted is found, and nothing else."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from twinrail.project.repository import open_project
from twinrail.project.settings import Security, Settings
from twinrail.quality.images.checks.all import check_image, open_subject
from twinrail.quality.images.checks.secrets import secrets
from twinrail.quality.images.checks.structure import structure
from twinrail.quality.images.checks.subject import Expected
from twinrail.session.work import Work
from twinrail.system.shell import Shell

PYPROJECT = '[project]\nname = "shopfront"\nversion = "1.4.0"\nrequires-python = ">=3.11"\n'
LOCK = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "shopfront"
version = "1.4.0"
source = { virtual = "." }
"""
SOUND = """\
FROM twinrail-test/base:{base}
COPY serve.py /app/serve.py
COPY idna-3.0.dist-info /app/site-packages/idna-3.0.dist-info
USER 10001:10001
EXPOSE 8000
HEALTHCHECK CMD ["python3", "/app/serve.py", "check"]
ENTRYPOINT ["python3", "/app/serve.py"]
"""
FAULTY = """\
FROM twinrail-test/base:slim
ENV DB_PASSWORD=hunter2
RUN python3 -m venv /app
COPY id_rsa netrc /root/
RUN rm /root/id_rsa && mv /root/netrc /root/.netrc && cp /bin/cat /app/cat && chmod 4755 /app/cat
EXPOSE 80
ENTRYPOINT python3 -m http.server
"""
KEY = "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXk\n"
PLANTED = {
    ("Dockerfile:2", "DL3064"),
    ("Dockerfile:7", "DL3025"),
    ("Dockerfile:1", "image-user"),
    ("Dockerfile:7", "image-entrypoint"),
    ("Dockerfile:1", "image-healthcheck"),
    ("Dockerfile:6", "image-port"),
    ("Dockerfile:6", "image-privileged-port"),
    ("Dockerfile", "image-file"),
    ("Dockerfile", "image-setuid"),
    ("Dockerfile", "image-size"),
    ("Dockerfile:2", "Secret variable"),
    ("Dockerfile", "Private key"),
    ("Dockerfile", "Login of a machine"),
    ("Dockerfile", "PYSEC-PIP"),
    ("Dockerfile", "DSA-ZLIB"),
}


@dataclass(frozen=True)
class Image:
    """An image that was built and saved."""

    id: str
    archive: Path
    dockerfile: Path


def advisory(name, ecosystem, package, mended):
    events = [{"introduced": "0"}, {"fixed": mended}]
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    return {"id": name, "modified": "2026-01-01T00:00:00Z", "aliases": [],
            "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges}]}  # fmt: skip


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A project that keeps the tools that its sessions install."""
    root = tmp_path_factory.mktemp("shopfront")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "uv.lock").write_text(LOCK, encoding="utf-8")
    return open_project(root, tomllib.loads(PYPROJECT))


@pytest.fixture
def build(engine, project, tmp_path, monkeypatch):
    """Builds an image from a Dockerfile of the project, by BuildKit or without, and saves it."""
    name = engine.name("checked")

    def make(text, *, buildkit="1", **files):
        context = tmp_path / "context"
        (context / "idna-3.0.dist-info").mkdir(parents=True)
        (context / "idna-3.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: idna\nVersion: 3.0\n")
        for each, held in files.items():
            (context / each.replace("__", ".")).write_text(held)
        dockerfile = project.root / "Dockerfile"
        dockerfile.write_text(text, encoding="utf-8")
        monkeypatch.setenv("DOCKER_BUILDKIT", buildkit)
        engine("build", "--quiet", "--tag", name, "--file", str(dockerfile), str(context))
        engine("save", "--output", str(tmp_path / "image.tar"), name)
        return Image(engine("image", "inspect", "--format", "{{.Id}}", name), tmp_path / "image.tar", dockerfile)

    yield make
    engine("image", "rm", "--force", name)


@pytest.fixture
def work(project, tmp_path):
    """What the session works with: advisories in which zlib and an old pip are affected."""
    told = [advisory("PYSEC-PIP", "PyPI", "pip", "99"), advisory("DSA-ZLIB", "Debian:12", "zlib", "9:0")]
    (tmp_path / "advisories.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in told), encoding="utf-8")
    return Work(
        session="image",
        project=project,
        settings=Settings(security=Security(advisories=str(tmp_path / "advisories.jsonl"))),
        shell=Shell(say=lambda _: None),
        folder=tmp_path / "reports",
        run="run-1",
        tell=lambda _: None,
    )


def test_a_sound_image(build, work):
    """With nothing planted nothing is found; that nobody can tell of the system's packages is said."""
    image = build(SOUND.format(base="distroless"), serve__py="print('here')\n")
    asked = Expected(size=60 * 10**6, user=10001, ports=(8000,), files=("/app/serve.py",), shell=False)
    checked = check_image(work, image, asked)
    assert () == checked.findings
    assert ("", 1) == (checked.unknown, len(checked.notes))
    assert ("image advisories", "0 in 1 distribution") in [(each.name, each.value) for each in checked.readings]


def test_what_was_planted(build, work):
    """Each fault is found, once by each who looks for it, and what every Debian has is none."""
    image = build(FAULTY, id_rsa=KEY, netrc="machine a.test\nlogin ada\npassword x\n")
    asked = Expected(size=10**8, user=10001, ports=(80, 8000), files=("/app/bin/shopfront",))
    checked = check_image(work, image, asked)
    told = sorted((each.place, each.title) for each in checked.findings)
    assert sorted(PLANTED) == told, "\n".join(f"{each.place} {each.title}: {each.text}" for each in checked.findings)
    assert ("", ()) == (checked.unknown, checked.notes)
    components = json.loads(checked.sbom.read_text(encoding="utf-8"))["components"]
    assert 100 < len(components)


@pytest.mark.parametrize(
    ("buildkit", "step"),
    [("0", "COPY multi:"), ("1", "COPY id_rsa netrc /root/ # buildkit")],
    ids=["classic", "BuildKit"],
)
def test_where_a_secret_came_from(build, work, project, buildkit, step):
    """A key that a later step removed is found in the layer that brought it, whichever way the builder tells of it."""
    text = FAULTY.replace("RUN python3 -m venv /app\n", "RUN mkdir /app\n")
    image = build(text, buildkit=buildkit, id_rsa=KEY, netrc="machine a.test\nlogin ada\npassword x\n")
    found = secrets(work, open_subject(project.root, project.state, image, Expected()))
    assert ["Secret variable", "Private key", "Login of a machine"] == [each.title for each in found]
    assert f"/root/id_rsa in layer 3 ({step}" in found[1].text
    assert found[1].text.endswith(", which a later one hides but which is shipped")


def test_a_shell_where_there_is_to_be_none(build, project):
    """A base with a shell is found out where none was asked for."""
    image = build(SOUND.format(base="alpine"), serve__py="print('here')\n")
    found = structure(open_subject(project.root, project.state, image, Expected(shell=False)))
    assert {"image-shell"} == {each.title for each in found}
    assert "there is a shell, /bin/sh, in an image that is to have none" in [each.text for each in found]
