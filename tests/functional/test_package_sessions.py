"""build, sbom and integration on a real project: what they make, and faults that each must find."""

import json
import shutil
import tarfile
import zipfile

import pytest

from twinrail.system.files import sha256


def made(parcel):
    return sorted(path.name for path in (parcel.root / "dist").iterdir())


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder for what was built of the consumer as it was committed first."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def built(parcel, kept):
    """The consumer after `build`, which runs for the first test that wants it; the others get the same bytes."""
    entries = parcel.root / ".twinrail" / "artifacts.json"
    if not (kept / "dist").exists():
        assert 0 == parcel.run("build")
        shutil.copy2(entries, kept)
        shutil.copytree(parcel.root / "dist", kept / "dist")
        return parcel
    entries.parent.mkdir(exist_ok=True)
    shutil.copy2(kept / "artifacts.json", entries)
    shutil.copytree(kept / "dist", parcel.root / "dist", dirs_exist_ok=True)
    return parcel


def test_build_makes_wheel_and_sdist(parcel):
    """The commit's wheel and sdist stand in dist, with their digests in the record."""
    assert 0 == parcel.run("build")
    names = ["parcel-0.3.0-py3-none-any.whl", "parcel-0.3.0.tar.gz"]
    assert names == made(parcel)
    assert names == sorted(parcel.result("build")["artifacts"])


def test_what_is_not_committed_is_not_built_and_is_named(parcel):
    """An uncommitted change reaches neither file; the session names it."""
    parcel.write("src/parcel/extra.py", "x = 1\n")
    assert 0 == parcel.run("build")
    with zipfile.ZipFile(parcel.root / "dist" / "parcel-0.3.0-py3-none-any.whl") as wheel:
        assert "parcel/extra.py" not in wheel.namelist()
    assert "without 1 uncommitted: src/parcel/extra.py" in parcel.result("build")["headline"]


def test_a_build_is_the_same_tomorrow(built):
    """Two builds of one commit have the same digests."""
    first = {path.name: sha256(path) for path in (built.root / "dist").iterdir()}
    shutil.rmtree(built.root / "dist")
    assert 0 == built.run("build")
    assert first == {path.name: sha256(path) for path in (built.root / "dist").iterdir()}
    assert first == built.result("build")["artifacts"]


HOOK = """\
import uuid
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":
            {}
"""


def with_hook(parcel, line):
    table = "[tool.hatch.build.targets.wheel.hooks.custom]"
    parcel.edit("pyproject.toml", "[tool.twinrail.test]", f"{table}\n\n[tool.twinrail.test]")
    parcel.write("hatch_build.py", HOOK.format(line))
    parcel.commit()


def test_a_build_that_differs_names_what_differs(parcel):
    """A package that holds something new at each build is refused, with the member that differs."""
    with_hook(parcel, "Path(self.root, 'src/parcel/stamp.py').write_text(uuid.uuid4().hex.join('##'))")
    assert 1 == parcel.run("build")
    assert "parcel/stamp.py" in parcel.result("build")["headline"]
    assert 0 == parcel.run("build", "--set", "build.reproducible=false")


def test_a_build_that_fails_says_why(built):
    """A backend's own words are shown, and what was built before stays."""
    before = made(built)
    with_hook(built, "raise RuntimeError('no glue')")
    assert 1 == built.run("build")
    assert "no glue" in built.result("build")["detail"]
    assert before == made(built)


@pytest.mark.parametrize(("name", "finding"), [("src/parcel/.env", "does not belong there"), ("src/nothing.txt", "")])
def test_strangers_are_refused(parcel, name, finding):
    """A file that has no business in a package is found; a plain one is not."""
    parcel.write(name, "A=1\n")
    parcel.commit()
    assert (1 if finding else 0) == parcel.run("build")
    assert finding in parcel.result("build")["headline"]


def test_a_readme_that_no_index_renders_is_refused(parcel):
    """What `twine check --strict` finds fails the session."""
    parcel.edit("pyproject.toml", 'readme = "README.md"', 'readme = "README.rst"')
    parcel.write("README.rst", "parcel\n======\n\n.. nothing-like-that::\n")
    parcel.commit()
    assert 1 == parcel.run("build")
    assert ["twine"] == [each["title"] for each in parcel.result("build")["findings"]]


def test_without_a_commit_nothing_is_built(parcel, tmp_path):
    """A folder that is no repository is told how to become one."""
    other = type(parcel)(tmp_path / "copy")
    for name in ("pyproject.toml", "README.md", "src/parcel/__init__.py", "uv.lock"):
        other.write(name, (parcel.root / name).read_text(encoding="utf-8"))
    assert 4 == other.run("build")
    assert "git init" in other.result("build")["detail"]


def test_no_backend_turns_build_off(parcel):
    """A project that is no package has nothing to build."""
    text = (parcel.root / "pyproject.toml").read_text(encoding="utf-8")
    parcel.write("pyproject.toml", text[text.index("[project]") :])
    assert 0 == parcel.run("build")
    assert "off" == parcel.result("build")["state"]


def test_sbom_names_what_is_locked(parcel):
    """The bill of materials is CycloneDX, names the project, and lists what its lock names."""
    parcel.edit(
        "pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.11"\ndependencies = ["iniconfig"]'
    )
    (parcel.root / "uv.lock").unlink()
    parcel.write("requirements.txt", "iniconfig==2.0.0\n")
    assert 0 == parcel.run("sbom")
    bom = json.loads((parcel.root / ".twinrail" / "artifacts" / "parcel.cdx.json").read_text(encoding="utf-8"))
    assert ("CycloneDX", "parcel") == (bom["bomFormat"], bom["metadata"]["component"]["name"])
    assert [("iniconfig", "2.0.0")] == [(each["name"], each["version"]) for each in bom["components"]]


def test_sbom_that_is_not_valid_is_refused(parcel):
    """What CycloneDX's schema does not allow, an address that is none, fails the session: nothing invalid is kept."""
    parcel.edit("pyproject.toml", "[tool.twinrail", '[project.urls]\nHomepage = "https://par|cel"\n\n[tool.twinrail')
    assert 5 == parcel.run("sbom")
    assert "result is schema-invalid" in parcel.result("sbom")["detail"]


def test_sbom_takes_words_for_its_tool(parcel):
    """A word that cyclonedx-py does not know ends with the class for tools."""
    assert 5 == parcel.run("sbom", "--", "--no-such-word")


def test_integration_tests_the_wheel(built):
    """The tests import the package from the installed wheel, not from the source tree."""
    assert 0 == built.run("integration")
    assert "1 passed against parcel-0.3.0-py3-none-any.whl" == built.result("integration")["headline"]


def test_integration_finds_a_fault_in_the_wheel(built):
    """A test that fails against the wheel fails the session."""
    built.edit("tests/integration/test_installed.py", '"0.3.0"', '"0.4.0"')
    assert 1 == built.run("integration")
    assert "tests/integration/test_installed.py" == built.result("integration")["findings"][0]["file"]


def test_what_is_built_is_what_is_tested(built):
    """A wheel that was changed after it was built is refused by its digest."""
    wheel = built.root / "dist" / "parcel-0.3.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("parcel/planted.py", "x = 1\n")
    assert 4 == built.run("integration")
    assert "is not the wheel that was built" in built.result("integration")["headline"]


def test_without_a_wheel_there_is_nothing_to_test(parcel):
    """Integration without a build says how to make one."""
    assert 4 == parcel.run("integration")
    assert "nox -s build" in parcel.result("integration")["detail"]


def test_the_sdist_holds_the_project(built):
    """What is needed to build again stands in the sdist."""
    with tarfile.open(built.root / "dist" / "parcel-0.3.0.tar.gz") as sdist:
        assert {"parcel-0.3.0/pyproject.toml", "parcel-0.3.0/src/parcel/__init__.py"} <= set(sdist.getnames())


def test_a_wheel_with_two_top_levels_too_many_is_refused(parcel):
    """What check-wheel-contents finds fails the session."""
    parcel.edit(
        "pyproject.toml",
        "[tool.twinrail.test]",
        '[tool.hatch.build.targets.wheel]\npackages = ["src/parcel", "tests"]\n\n[tool.twinrail.test]',
    )
    parcel.commit()
    assert 1 == parcel.run("build")
    assert {"contents"} == {each["title"] for each in parcel.result("build")["findings"]}
