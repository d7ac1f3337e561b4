"""What a deploy demands of signers before a registry is asked: their keys, as the deployed commit has them."""

from dataclasses import replace

import pytest
from fakes import release

from twinrail.deploy.provenance import demand_provenance
from twinrail.project.images import Image
from twinrail.system.errors import NotSigned, SettingsError

SIGNERS = ("keys/a.pub", "keys/b.pub")
TABLE = '\n[tool.twinrail.image]\nsigners = ["keys/a.pub", "keys/b.pub"]\n'


@pytest.fixture
def demand(work, git, write, tmp_path):
    """Demands the signature of a release of the commit, in a project whose first key is committed."""
    there = work()
    write("pyproject.toml", (tmp_path / "pyproject.toml").read_text(encoding="utf-8") + TABLE)
    write("keys/a.pub", "a key")
    git("init")
    git("add", ".")
    git("commit", "-m", "One key")

    def make(*signers):
        image = Image(signers=signers)
        made = replace(there, settings=replace(there.settings, image=image))
        demand_provenance(made, replace(release(), commit=git("rev-parse", "HEAD")))

    return make


def test_a_key_that_nobody_committed(demand, write, git):
    """It opens nothing, though its file is there; that is told at its place. Once it is committed it counts."""
    write("keys/b.pub", "another key")
    with pytest.raises(SettingsError) as told:
        demand(*SIGNERS)
    (mistake,) = told.value.mistakes
    assert ("pyproject.toml", 12, 26) == (mistake.file, mistake.line, mistake.column)
    assert "tool.twinrail.image.signers.1" == mistake.key
    assert f"The key keys/b.pub is not in the commit {git('rev-parse', 'HEAD')[:7]}" in mistake.text
    git("add", ".")
    git("commit", "-m", "Two keys")
    with pytest.raises(NotSigned, match=r"image\.signers demands a signature"):
        demand(*SIGNERS)


def test_a_key_of_the_command_line(demand):
    """One that the file does not name is told of the command line."""
    with pytest.raises(SettingsError) as told:
        demand("keys/none.pub")
    assert ("--set", 0) == (told.value.mistakes[0].file, told.value.mistakes[0].line)
