"""The command line as a person and as a program meets it."""

import json
import shutil
import subprocess
import sys

import pytest

from golden_files import check
from twinrail.cli.main import main
from twinrail.cli.words import parser, read


def test_help_is_good_to_learn_from(monkeypatch):
    """`twinrail --help` stands in a golden file, so that every change of it is read."""
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")
    check("cli/help.txt", parser().format_help())


@pytest.mark.parametrize("verb", ["test", "pipeline", "production", "run", "explain", "dev"])
def test_help_of_a_verb(verb, monkeypatch, capsys):
    """Each verb says what it does, where words for its tool go, and its own words."""
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(SystemExit) as ended:
        read([verb, "--help"])
    assert 0 == ended.value.code
    check(f"cli/help-{verb}.txt", capsys.readouterr().out)


@pytest.mark.parametrize(
    "words", ["", "tset", "run", "run tset", "run dev", "pipeline --until notify", "dev", "dev upp"]
)
def test_words_without_sense_are_a_matter_of_usage(words, capsys):
    """What cannot be understood ends with 2 and says what could be meant."""
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert 2 == ended.value.code
    assert "usage: twinrail" in capsys.readouterr().err


def test_a_mistake_in_the_settings_ends_before_anything_is_done(parcel, capsys):
    """Mistakes are told with file, line, column, key and a guess; no record, no virtual environment comes of them."""
    before = sorted((parcel.root / ".twinrail").rglob("*")) if (parcel.root / ".twinrail").exists() else []
    parcel.edit("pyproject.toml", "coverage = 80", 'coverge = 80\npaths = "tests"')
    assert 3 == parcel.run("test")
    said = capsys.readouterr().err
    check("cli/mistakes.txt", said)
    assert before == (sorted((parcel.root / ".twinrail").rglob("*")) if (parcel.root / ".twinrail").exists() else [])


def test_a_mistake_is_json_for_a_program(parcel, capsys):
    """With --json an error is an object with class, code and text."""
    parcel.edit("pyproject.toml", "coverage = 80", "coverge = 80")
    assert 3 == parcel.run("test", "--json")
    told = json.loads(capsys.readouterr().out)
    assert ("SettingsError", 3) == (told["error"], told["exit_code"])


def test_a_mistake_on_the_command_line(parcel, capsys):
    """A setting of the command line is checked like one of the file, and named as such."""
    assert 3 == parcel.run("lint", "--set", "test.coverage=many")
    assert '--set  tool.twinrail.test.coverage\n  "many" is not a number between 0 and 100.' in capsys.readouterr().err


def test_no_project_is_told(tmp_path, capsys):
    """A folder without pyproject.toml ends with the class for the project, and says what to do."""
    assert 4 == main(["lint", "--project", str(tmp_path)])
    assert "--project" in capsys.readouterr().err


def test_no_lock_is_told(parcel):
    """A project without a lock is told how to make one."""
    (parcel.root / "uv.lock").unlink()
    assert 4 == parcel.run("lint")
    assert "uv lock" in parcel.result("lint")["detail"]


def test_a_lock_that_does_not_match_is_told(parcel):
    """A dependency that the lock does not know ends with the class for the project, and says how to lock again."""
    parcel.edit("pyproject.toml", 'version = "0.3.0"', 'version = "0.3.0"\ndependencies = ["iniconfig"]')
    assert 4 == parcel.run("test")
    assert "uv.lock does not match pyproject.toml." == parcel.result("test")["headline"]
    assert "uv lock" in parcel.result("test")["detail"]


def test_explain_tells_meaning_value_and_source(parcel, capsys):
    """A setting is told with what it means, what it is here, and the line that it comes from."""
    assert 0 == parcel.run("explain", "test.coverage")
    check("cli/explain.txt", capsys.readouterr().out)


def test_explain_knows_where_a_default_and_a_word_come_from(parcel, capsys):
    """A default says so; so does a word of the command line."""
    assert 0 == parcel.run("explain", "security.unknown", "--set", "security.unknown=warn")
    assert "here from: command line" in capsys.readouterr().out
    assert 0 == parcel.run("explain", "build.reproducible")
    assert "here from: default" in capsys.readouterr().out


def test_explain_guesses(parcel, capsys):
    """A setting that is none gets a guess."""
    assert 2 == parcel.run("explain", "test.coverge")
    assert 'Did you mean "test.coverage"?' in capsys.readouterr().err


def test_explain_speaks_json(parcel, capsys):
    """Every setting is there for programs too."""
    assert 0 == parcel.run("explain", "--json")
    keys = [each["key"] for each in json.loads(capsys.readouterr().out)]
    assert {"test.coverage", "environments.NAME.replicas"} <= set(keys)


def test_schema_is_json(capsys):
    """The schema is printed whole."""
    assert 0 == main(["schema"])
    assert "https://json-schema.org/draft/2020-12/schema" == json.loads(capsys.readouterr().out)["$schema"]


def test_status_of_nothing(parcel, capsys):
    """Where nothing was deployed, status says so; for programs it is an empty list."""
    assert 0 == parcel.run("status")
    assert "Nothing was deployed" in capsys.readouterr().out
    assert 0 == parcel.run("status", "--json")
    assert [] == json.loads(capsys.readouterr().out)


def test_run_needs_no_noxfile(parcel, capsys):
    """`run` takes the named sessions and no others, one plain line when each begins and ends."""
    assert 0 == parcel.run("run", "lint", "types")
    said = capsys.readouterr().out
    assert ["lint", "types"] == sorted(line.split()[1] for line in said.splitlines() if "✓" in line)
    assert "\x1b[" not in said


def test_a_result_is_json_for_a_program(parcel, capsys):
    """With --json standard output holds the record of the run and nothing else."""
    assert 0 == parcel.run("lint", "--json")
    told = json.loads(capsys.readouterr().out)
    assert ("passed", 0, "lint") == (told["state"], told["exit_code"], told["sessions"][0]["name"])


def test_the_record_holds_every_command(parcel):
    """The record says of each tool what ran: words, version and source, directory, declared environment."""
    assert 0 == parcel.run("test")
    commands = [each for each in parcel.result("test")["commands"] if each["tool"]]
    assert str(parcel.root) == commands[0]["directory"]
    assert commands[0]["tool"].startswith("coverage 7.")
    assert commands[0]["tool"].endswith("(pack)")
    assert 0 == commands[0]["returncode"]


def test_the_module_is_the_command():
    """`python -m twinrail` is the same door."""
    done = subprocess.run([sys.executable, "-m", "twinrail", "schema"], capture_output=True, check=True)
    assert b'"$schema"' in done.stdout


def test_a_full_disk_ends_with_its_own_class(parcel, monkeypatch, capsys):
    """A record that cannot be written ends the run before anything is done, and says so."""
    folder = parcel.root / ".twinrail" / "runs" / "full"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").symlink_to("/dev/full")
    monkeypatch.setenv("TWINRAIL_RUN", "full")
    try:
        assert 6 == parcel.run("lint")
    finally:
        shutil.rmtree(folder)
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Traceback" not in said


def test_words_that_nobody_takes_are_refused(parcel, capsys):
    """Words after `--` where no tool would get them are a mistake."""
    assert 2 == parcel.run("notify", "--", "-x")
    assert 2 == parcel.run("pipeline", "--", "-x")
    assert "no tool" in capsys.readouterr().err


def test_a_misspelt_environment_is_told(parcel, capsys):
    """An environment that no session deploys to is a mistake, with a guess."""
    parcel.edit("pyproject.toml", "coverage = 80", "coverage = 80\n\n[tool.twinrail.environments.producton]")
    assert 3 == parcel.run("production")
    assert 'Did you mean "production"?' in capsys.readouterr().err


@pytest.mark.parametrize("name", [".gitignore", "runs/full/logs/lint.log"])
def test_a_full_disk_is_told_wherever_it_is_met(parcel, monkeypatch, capsys, name):
    """Whatever cannot be written first, the error is one of ours, and nothing else is done."""
    path = parcel.root / ".twinrail" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/full")
    monkeypatch.setenv("TWINRAIL_RUN", "full")
    try:
        code = parcel.run("lint")
    finally:
        path.unlink()
        shutil.rmtree(parcel.root / ".twinrail" / "runs" / "full", ignore_errors=True)
    assert code in {0, 6}
    assert "Traceback" not in capsys.readouterr().err


def test_what_runs_can_be_stopped_without_a_lock(parcel):
    """`status` and `down` need no lock."""
    (parcel.root / "uv.lock").unlink()
    assert 0 == parcel.run("status")
    assert 0 == parcel.run("down")


def test_old_runs_are_forgotten(parcel, monkeypatch):
    """No more runs are kept than the settings say, and `latest` is the newest."""
    # The project is that of other tests too, whose runs may be called as those of GitHub are.
    shutil.rmtree(parcel.root / ".twinrail" / "runs", ignore_errors=True)
    for name in ("99990101-1", "99990101-2", "99990101-3"):
        monkeypatch.setenv("TWINRAIL_RUN", name)
        assert 0 == parcel.run("lint", "--set", "record.keep=2")
    runs = [each.name for each in (parcel.root / ".twinrail" / "runs").iterdir() if not each.is_symlink()]
    assert ["99990101-2", "99990101-3"] == sorted(runs)
    assert "99990101-3" == parcel.latest.resolve().name


def test_an_environment_that_is_none_cannot_be_approved(parcel, capsys):
    """A misspelt environment after --approve is a mistake, not a run that waits in vain."""
    parcel.edit(
        "pyproject.toml", "[tool.twinrail.test]", "[tool.twinrail.environments.production]\n\n[tool.twinrail.test]"
    )
    assert 2 == parcel.run("pipeline", "--approve", "prodution")
    assert 'Did you mean "production"?' in capsys.readouterr().err
