"""Results: written as soon as a part ends, put together with what was found before, and made into a page."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from result_samples import results

from benchmarks import rollouts
from benchmarks.load import ROOT
from benchmarks.page import missing, page
from benchmarks.parts import PARTS
from benchmarks.results import as_json, commit, current, deploy_digest, machine, proxy, read, write
from golden_files import check


def test_written_and_read_again(tmp_path):
    """What was written is read again; a part that was run anew takes the place of its earlier result."""
    first, *others = results()
    for each in (first, *others):
        write(each, tmp_path / "state", tmp_path / "kept.json")
    anew = first.__class__(**{**first.__dict__, "faults": ("it burns",)})
    write(anew, tmp_path / "state", tmp_path / "kept.json")
    assert {each.part: each for each in (anew, *others)} == {each.part: each for each in read(tmp_path / "kept.json")}
    assert {f"{each.part}.json" for each in results()} == {each.name for each in tmp_path.glob("state/rollouts/*")}
    assert () == read(tmp_path / "nothing.json")


def test_what_is_current():
    """A part is done when it was run on this code and found nothing wrong."""
    one, *_ = results()
    wrong = one.__class__(**{**one.__dict__, "part": "load-ab-2", "faults": ("it burns",)})
    assert {one.part} == current([one, wrong], one.deploy)
    assert set() == current([one, wrong], "another")


def test_digest_of_the_code(tmp_path):
    """The digest changes with a file's content and with its name, and with nothing beside the modules."""
    (tmp_path / "a.py").write_text("x = 1\n")
    first = deploy_digest(tmp_path)
    (tmp_path / "note.txt").write_text("no code")
    assert first == deploy_digest(tmp_path)
    (tmp_path / "a.py").write_text("x = 2\n")
    second = deploy_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert 3 == len({first, second, deploy_digest(tmp_path)})


def test_what_was_measured_on_what():
    """Commit, machine and proxy are named; the machine's name is not."""
    assert commit().rstrip("+").isalnum()
    assert "cores, Python 3." in machine()
    assert proxy().startswith("Traefik 3.")


def test_golden_page():
    """The page of some results of each kind, one of them with a fault."""
    check("benchmarks/rollouts.md", page(results()))


def test_parts_of_several_commits():
    """Where parts of several commits stand side by side each names the one that it measured; else none does."""
    first, second, *_ = results()
    assert " at 0123456789ab (`" not in page([first, second])
    shown = page([first, replace(second, commit="ba9876543210", deploy="e" * 64)])
    for each, commit_, code in ((first, "0123456789ab", "d" * 16), (second, "ba9876543210", "e" * 16)):
        assert f"`{each.command}` at {commit_} (`{code}`)" in shown


def test_what_is_missing():
    """A part that was not run is listed; one that found something wrong is as good as missing."""
    shown, full = page(results()), [each.name for each in PARTS if each.form == "full"]
    assert "- full, load: load-rolling-1, load-rolling-2, load-blue-green-1" in shown
    assert "load-canary-2" in missing(results(), "full")
    assert {each.part for each in results() if not each.faults and each.form == "full"} == (
        set(full) - set(missing(results(), "full"))
    )
    assert "Not yet run" not in page([replace(results()[0], part=each.name) for each in PARTS])


def test_two_parts_that_end_together(tmp_path):
    """Each is written down, and the page holds both."""
    kept, shown = tmp_path / "kept.json", tmp_path / "page.md"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: rollouts.keep(each, tmp_path / "state", kept, shown), results()))
    assert {each.part for each in results()} == {each.part for each in read(kept)}
    assert page(read(kept)) == shown.read_text(encoding="utf-8")


def test_paths_begin_at_the_checkout():
    """Where the checkout stands is nobody's business."""
    assert {"said": "No such file: .twinrail/a.log"} == as_json({"said": f"No such file: {ROOT}/.twinrail/a.log"})


def test_names_of_parts():
    """Each part has a name of its own; the full load is a million requests, and twenty switches of each strategy."""
    names = [each.name for each in PARTS]
    assert len(names) == len(set(names))
    load = [each.run.args for each in PARTS if each.section == "load" and each.form == "full"]
    assert 1_000_000 <= sum(requests for _, _, requests in load)
    assert all(
        20 <= sum(switches for name, switches, _ in load if name == each) for each in {name for name, *_ in load}
    )


def test_list(capsys):
    """The list names each part and what it does."""
    assert 0 == rollouts.main(["--list"])
    listed = capsys.readouterr().out.splitlines()
    assert [each.name for each in PARTS] == [line[2:].split()[0] for line in listed]


@pytest.mark.parametrize(
    ("words", "count"),
    [([], len([each for each in PARTS if each.form == "full"])), (["--short"], 8), (["--part", "orders-1"], 1)],
)
def test_which_parts_are_chosen(words, count):
    """All of the full form, those of the short one, or those that are named."""
    assert count == len(rollouts._chosen(rollouts._read(words)))


def test_part_that_fails_is_a_fault(capfd, tmp_path, monkeypatch):
    """A part that does not come to its end is written down as that, with the cause."""
    monkeypatch.setattr(rollouts, "STATE", tmp_path)

    def burns(_):
        raise ValueError("it burns")

    part = PARTS[0].__class__(**{**PARTS[0].__dict__, "run": burns})
    result = rollouts.measure(part)
    assert ("it did not come to its end: ValueError: it burns",) == result.faults
    assert (PARTS[0].name, {}) == (result.part, result.figures)
    assert "it burns" in capfd.readouterr().err
