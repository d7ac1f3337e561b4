"""Parts of a bench as processes of their own."""

from benchmarks.beside import side_by_side


def test_each_line_says_whose_it_is(capsys):
    """Two parts at once, which do not exist: each ends with its own exit code, and each line begins with its name."""
    assert [2, 2] == side_by_side(["nothing", "nowhere"], 2)
    lines = capsys.readouterr().out.splitlines()
    assert {"nothing", "nowhere"} == {each.partition(": ")[0] for each in lines}
    assert any("invalid choice: 'nowhere'" in each for each in lines)
