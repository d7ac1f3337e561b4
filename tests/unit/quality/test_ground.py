"""The ground that linters stand on: references as they are meant, everything else as it is."""

import pytest

from twinrail.quality.linters.ground import laid_out, meant

ZERO = "0" * 40


@pytest.mark.parametrize(
    ("text", "repository", "expected"),
    [
        ("    uses: ada/pack/actions/x@v1", "ada/pack", "    uses: $/actions/x"),
        ('    uses: "ada/pack/actions/x@v1"', "ada/pack", '    uses: "$/actions/x"'),
        ("    - {uses: ada/pack/actions/x@v1, with: {}}", "ada/pack", "    - {uses: $/actions/x, with: {}}"),
        ("    uses: ada/pack2/actions/x@v1", "ada/pack", "    uses: ada/pack2/actions/x@v1"),
        ("    uses: ada/pack/actions/x@v1", "", "    uses: ada/pack/actions/x@v1"),
        ("    uses: twinrail/twinrail/a/b.yml@v1", "", f"    uses: twinrail/twinrail/a/b.yml@{ZERO}"),
        ("    uses: twinrail/twinrail/a/b.yml@v1.2.3 # x", "", f"    uses: twinrail/twinrail/a/b.yml@{ZERO} # x"),
        ("    uses: twinrail/twinrail/a/b.yml@main", "", "    uses: twinrail/twinrail/a/b.yml@main"),
        ("    uses: evil/twinrail/a/b.yml@v1", "", "    uses: evil/twinrail/a/b.yml@v1"),
        ("    run: echo ada/pack/actions/x@v1", "ada/pack", "    run: echo ada/pack/actions/x@v1"),
    ],
)
def test_a_reference_is_read_as_it_is_meant(text, repository, expected):
    """This repository by its name is `$/`, a tag of the pack counts as pinned; a branch and a stranger do not."""
    assert expected == meant(text, repository)


def test_the_rest_of_the_repository_is_there(tmp_path):
    """What is looked at is copied, what it may refer to is linked, and the original stays."""
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / "actions" / "x").mkdir(parents=True)
    caller = tmp_path / ".github" / "workflows" / "a.yml"
    caller.write_text("uses: ada/pack/actions/x@v1\n", encoding="utf-8")
    (tmp_path / "actions" / "x" / "action.yml").write_text("name: x\n", encoding="utf-8")
    with laid_out(tmp_path, [".github/workflows/a.yml"], "ada/pack") as root:
        assert "uses: $/actions/x\n" == (root / ".github/workflows/a.yml").read_text(encoding="utf-8")
        assert "name: x\n" == (root / "actions/x/action.yml").read_text(encoding="utf-8")
    assert "uses: ada/pack/actions/x@v1\n" == caller.read_text(encoding="utf-8")
