"""All that is looked at in an image, by the real tools: what was planted is found, and nothing else."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from saved import file, gone, save

from golden_files import check as check_golden
from twinrail.project.settings import Security, Settings
from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.checks.all import check_image
from twinrail.quality.images.checks.dockerfile import lint
from twinrail.quality.images.checks.sbom import sbom, validate
from twinrail.quality.images.checks.subject import Expected
from twinrail.system.errors import ToolError

pytestmark = pytest.mark.tools

SITE = "app/lib/python3.11/site-packages"
SOUND = """\
FROM scratch
COPY app /app
USER 10001
EXPOSE 8000
HEALTHCHECK CMD ["/app/bin/shopfront", "check"]
ENTRYPOINT ["/app/bin/shopfront"]
"""
FAULTY = """\
FROM python:latest
ENV DB_PASSWORD=hunter2
COPY . /app
RUN rm /app/id_rsa
ENTRYPOINT /app/bin/shopfront
"""
KEY = "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXk\n"
LAYER = [
    file("app/bin/shopfront", "#!", mode=0o755),
    file("etc/os-release", 'ID=debian\nVERSION_ID="12"\n'),
    file("var/lib/dpkg/status", "Package: zlib1g\nStatus: install ok installed\nVersion: 1:1.2.13\nSource: zlib\n"
                                "Architecture: amd64\nMaintainer: A <a@example.org>\n\n"),
    file(f"{SITE}/idna-3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: idna\nVersion: 3.0\n"),
    file(f"{SITE}/idna-3.0.dist-info/RECORD", ""),
]  # fmt: skip


@dataclass(frozen=True)
class Image:
    """An image that was built."""

    id: str
    archive: Path
    dockerfile: Path


@pytest.fixture
def built(installed, tmp_path):
    """An image and the Dockerfile in the project that it came from."""

    def make(text, *layers, **run):
        dockerfile = installed.root / "Dockerfile"
        dockerfile.write_text(text, encoding="utf-8")
        path = save(tmp_path / "image.tar", LAYER, *layers, **run)
        return Image(open_archive(path).id, path, dockerfile)

    return make


@pytest.fixture
def settings(tmp_path):
    """Settings that name an export in which nothing here is affected."""
    told = {"id": "X-1", "affected": [{"package": {"ecosystem": each, "name": "x"}} for each in ("PyPI", "Debian:12")]}
    path = tmp_path / "advisories.jsonl"
    path.write_text(json.dumps(told), encoding="utf-8")
    return Settings(security=Security(advisories=str(path)))


@pytest.fixture
def sound(built):
    return built(
        SOUND,
        User="10001",
        ExposedPorts={"8000/tcp": {}},
        Entrypoint=["/app/bin/shopfront"],
        Healthcheck={"Test": ["CMD", "/app/bin/shopfront", "check"]},
    )


def test_a_sound_image(work, settings, sound):
    """An image with nothing wrong has no findings; size, audits and bill of materials are told."""
    asked = Expected(size=10**6, user=10001, ports=(8000,), files=("/app/bin/shopfront",), shell=False)
    checked = check_image(work(settings), sound, asked)
    assert ((), "", ()) == (checked.findings, checked.unknown, checked.notes)
    assert [
        ("image size", "10 kB", True),
        ("image advisories", "0 in 1 distribution", None),
        ("system packages", "0 known advisories, 0 more that nothing mends", None),
    ] == [(each.name, each.value, each.ok) for each in checked.readings]
    bill = json.loads(checked.sbom.read_text(encoding="utf-8"))
    assert ("CycloneDX", "1.6", "shopfront", "1.4.0") == (
        bill["bomFormat"], bill["specVersion"], bill["metadata"]["component"]["name"],
        bill["metadata"]["component"]["version"],
    )  # fmt: skip
    assert {"pkg:pypi/idna@3.0", "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12&upstream=zlib"} == {
        each["purl"] for each in bill["components"] if "purl" in each
    }


def test_what_was_planted(work, settings, built):
    """Each fault is found once by each who looks for it, with its place; the whole text is golden."""
    steps = ["COPY base /", "COPY . /app", "RUN rm /app/id_rsa"]
    env = ["DB_PASSWORD=hunter2", "PATH=/bin"]
    image = built(
        FAULTY,
        [file("app/id_rsa", KEY), file("app/su", mode=0o4755), file("app/large", bytes(10**5))],
        [gone("app/id_rsa")],
        steps=steps, Env=env, Entrypoint=["/bin/sh", "-c", "/app/bin/shopfront"],
    )  # fmt: skip
    asked = Expected(size=10**5, user=10001, ports=(8000,), files=("/app/bin/other",), without_files=("/app/large",))
    checked = check_image(work(settings), image, asked)
    told = [f"{each.place} {each.title}: {each.text}" for each in checked.findings]
    check_golden("images/findings.txt", "\n".join(told) + "\n")


def test_the_same_image_has_the_same_bill(work, tmp_path):
    """Neither the time, nor the machine, nor the form of the archive stands in a bill of materials."""
    bills = []
    for name, form in (("docker.tar", {}), ("layout.tar", {"layout": True, "packed": True})):
        archive = open_archive(save(tmp_path / name, LAYER, User="10001", **form))
        bills.append(sbom(work(), archive).read_text(encoding="utf-8"))
    assert bills[0] == bills[1]
    assert str(tmp_path) not in bills[0]


def test_a_bill_that_is_none(work, write):
    """What the schema refuses is no bill of materials."""
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{"name": "x"}]}
    with pytest.raises(ToolError) as caught:
        validate(work(), write("bill.json", json.dumps(bill)))
    assert "is no CycloneDX 1.6" in caught.value.why
    assert "'type' is a required property" in caught.value.why


def test_another_image(work, sound):
    """An archive that holds another image than the one that was built is refused."""
    other = Image(f"sha256:{'0' * 64}", sound.archive, sound.dockerfile)
    with pytest.raises(ToolError, match="is not the image that was built"):
        check_image(work(), other, Expected())


def test_hadolint(work, write):
    """It says where a Dockerfile does not read; the project's settings take rules out, and no machine's do."""
    project, path = work().project, write("Dockerfile", "FROM a:latest\n")
    assert [("Dockerfile:1", "DL3007")] == [(each.place, each.title) for each in lint(work(), path, "Dockerfile")]
    [finding] = lint(work(), path, "")
    assert ("", "(line 1 of the Dockerfile that Twinrail wrote)") == (finding.place, finding.text[-46:])
    config = project.root / ".hadolint.yaml"
    config.write_text("ignored: [DL3007]\n", encoding="utf-8")
    try:
        assert () == lint(work(), path, "Dockerfile")
    finally:
        config.unlink()
    assert ["DL1000"] == [each.title for each in lint(work(), write("Dockerfile", "FRM a\n"), "Dockerfile")]
    with pytest.raises(ToolError, match="hadolint's answer"):
        lint(work(), path.with_name("none"), "")
