"""What is in an image is audited: clean, affected, or unknown, which is never taken for clean."""

import json

import pytest
from saved import file

from twinrail.project.settings import Security, Settings
from twinrail.quality.images.checks.distributions import audit_distributions, distributions, judge
from twinrail.quality.images.checks.system_packages import audit_system
from twinrail.system.errors import ProjectError

pytestmark = pytest.mark.tools

SITE = "app/lib/python3.11/site-packages"
OSV = {
    "id": "GHSA-1",
    "modified": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-1"],
    "affected": [{"package": {"ecosystem": "PyPI", "name": "jinja2"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.11.3"}]}]}],
}  # fmt: skip


def debian(name, package, *events, **more):
    place = {"ecosystem": "Debian:12", "name": package}
    return {"id": name, "affected": [{"package": place, "ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}],
            **more}  # fmt: skip


def distribution(name, version):
    return file(f"{SITE}/{name}-{version}.dist-info/METADATA", f"Name: {name}\n")


@pytest.fixture
def export(tmp_path):
    """Settings that name an export of advisories."""

    def make(*advisories, ignore=()):
        path = tmp_path / "advisories.jsonl"
        path.write_text("".join(f"{json.dumps(each)}\n" for each in advisories), encoding="utf-8")
        return Settings(security=Security(advisories=str(path), ignore=ignore))

    return make


def test_distributions(subject):
    """Each distribution is found where it was installed, by wheel or as it once was; a removed one is not."""
    eggs = [
        file("usr/lib/python3/dist-packages/Old_Thing-1.0-py3.11.egg-info/PKG-INFO"),
        file("usr/lib/python3/dist-packages/older-2.0.egg-info"),
    ]
    layers = [distribution("Flask_Login", "0.6.3"), distribution("gone", "1"), *eggs]
    whiteout = file(f"{SITE}/.wh.gone-1.dist-info")
    assert [("flask-login", "0.6.3"), ("old-thing", "1.0"), ("older", "2.0")] == list(
        distributions(subject(layers, [whiteout]).archive.tree)
    )


def test_an_affected_distribution(work, subject, export):
    """A known advisory is found with where the distribution is; the project itself is not asked about."""
    image = subject([distribution("Jinja2", "2.10"), distribution("shopfront", "1.4.0"), distribution("idna", "3.0")])
    audited = audit_distributions(work(export(OSV)), image)
    [finding] = audited.findings
    assert (2, "") == (audited.count, audited.unknown)
    where = f"/{SITE}/Jinja2-2.10.dist-info/METADATA"
    assert ("CVE-1", f"jinja2 2.10 in {where}: mended in 2.11.3 (GHSA-1)") == (finding.title, finding.text)
    assert () == audit_distributions(work(export(OSV, ignore=("GHSA-1",))), image).findings


def test_what_is_not_answered_is_unknown(work, subject, export):
    """No distribution at all, one that was not found, one that was not answered about, no service: none is clean."""
    assert "no Python distribution was found in it" == audit_distributions(work(export(OSV)), subject()).unknown
    here = {("a", "1"): "/a", ("b", "2"): "/b", ("c", "3"): "/c", ("d", "4"): "/d", ("e", "5"): "/e"}
    told = [{"name": "A", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"},
            {"name": "c", "version": "4", "vulns": []}]  # fmt: skip
    audited = judge(subject(), here, told, ignored=frozenset())
    assert (1, "no answer about b 2, c 3, d 4 and 1 more") == (audited.count, audited.unknown)
    broken = subject([distribution("a", "not a version")])
    assert "pip-audit got no answer from the advisory service" == audit_distributions(work(export(OSV)), broken).unknown


def test_only_the_project(work, subject, export):
    """An image of nothing but the project has nothing to ask about."""
    audited = audit_distributions(work(export(OSV)), subject([distribution("shopfront", "1.4.0")]))
    assert (0, (), "") == (audited.count, audited.findings, audited.unknown)


def purl(name, version, upstream="", distro="debian-12"):
    return {
        "purl": f"pkg:deb/debian/{name}@{version}?arch=amd64&distro={distro}{f'&upstream={upstream}' * bool(upstream)}"
    }


@pytest.fixture
def survey(work, subject, tmp_path):
    """What the audit of the system's packages that a bill of materials names finds."""

    def make(settings, *components):
        bill = tmp_path / "bill.json"
        bill.write_text(json.dumps({"components": [{"name": "python"}, *components]}), encoding="utf-8")
        return audit_system(work(settings), subject(), bill)

    return make


def test_packages_of_the_system(survey, export):
    """Advisories speak of the source package and its version; what nothing mends is counted, and fails nobody."""
    ssl = purl("libssl3", "3.0.11-1~deb12u1", "openssl")
    zlib = purl("zlib1g", "1:1.2.13.dfsg-1", "zlib")
    rebuilt = purl("bash", "5.2.15-2%2Bb13", "bash%405.2.15-2")
    zero = {"introduced": "0"}
    settings = export(
        debian("DSA-1", "openssl", zero, {"fixed": "3.0.11-1~deb12u2"}, upstream=["CVE-1"]),
        debian("DSA-2", "openssl", zero, {"fixed": "3.0.11-1~deb12u1"}),
        debian("DSA-3", "zlib", zero),
        debian("DSA-4", "bash", {"introduced": "5.2.15-2+a"}, {"fixed": "6"}),
        debian("DSA-5", "openssl", zero, {"fixed": "9"}, withdrawn="2026-01-01T00:00:00Z"),
        OSV,
    )
    found = survey(settings, ssl, purl("openssl", "3.0.11-1~deb12u1"), zlib, rebuilt)
    assert [("DSA-1", "libssl3 3.0.11-1~deb12u1 of Debian:12: mended in 3.0.11-1~deb12u2")] == [
        (each.title, each.text) for each in found.findings
    ]
    assert ("1 known advisory, 1 more that nothing mends", "") == (found.reading.value, found.note)
    ignoring = Settings(security=Security(advisories=settings.security.advisories, ignore=("CVE-1", "DSA-3")))
    assert "0 known advisories, 0 more that nothing mends" == survey(ignoring, ssl, zlib).reading.value


def test_a_system_that_nobody_answers_for(survey, export):
    """No export, one of another system, no list of packages, packages of no known system: unknown, and why."""
    unknown = "Advisories of the operating system's packages are unknown: "
    ssl = purl("libssl3", "3", "openssl")
    for settings, components, why in (
        (
            Settings(),
            [ssl],
            "no export of advisories is named to hold its 1 packages against ([tool.twinrail.security]",
        ),
        (export(OSV), [ssl], "advisories.jsonl holds no advisory for Debian:12."),
        (export(OSV), [], "the image holds no list of packages of Debian or Ubuntu."),
        (export(OSV), [purl("x", "1", distro="kali-1"), {"purl": "pkg:apk/alpine/musl@1"}], "the image holds no list"),
    ):
        found = survey(settings, *components)
        assert ("unknown", ()) == (found.reading.value, found.findings)
        assert found.note.startswith(unknown)
        assert why in found.note


def test_ubuntu(survey, export):
    """Ubuntu's advisories say more of the release than its packages do."""
    advisory = debian("USN-1", "openssl", {"introduced": "0"}, {"fixed": "4"})
    advisory["affected"][0]["package"]["ecosystem"] = "Ubuntu:22.04:LTS"
    assert ["USN-1"] == [
        each.title for each in survey(export(advisory), purl("openssl", "3", distro="ubuntu-22.04")).findings
    ]


def test_an_export_that_is_not_there(survey):
    """A settings' mistake is said as one."""
    with pytest.raises(ProjectError):
        survey(Settings(security=Security(advisories="none.zip")), purl("openssl", "3"))
