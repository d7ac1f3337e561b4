"""Every mistake that somebody may make in the settings has a message that is true, well placed and of use.

A file `golden/settings/NAME.toml` holds the mistake, `NAME.txt` what is said of it.
"""

import shutil
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

import golden_files
from twinrail.project.decode import decode, read_document
from twinrail.project.settings import Settings
from twinrail.system.errors import SettingsError

FILES = sorted((golden_files.FOLDER / "settings").glob("*.toml"))
SCHEMA = Draft202012Validator(TypeAdapter(Settings).json_schema())

NAMES_OF_ADAPTERS = {"unknown_strategy", "unknown_strategy_in_table", "unknown_target"}
CONTRADICTIONS = {
    "ab_by_hash_with_match",
    "ab_by_header_without_match",
    "ab_that_gives_nobody",
    "ab_until_no_date",
    "analysis_of_people_without_a_share",
    "analysis_of_probes_by_prometheus",
    "analysis_without_routes",
    "approval_of_nobody",
    "approval_over_at_once",
    "canary_preview_without_value",
    "canary_weights_going_down",
    "canary_without_weights",
    "freeze_all_the_time",
    "freeze_of_test",
    "image_of_an_own_dockerfile_from",
    "p95_longer_than_the_load",
    "rolling_that_leaves_nobody",
    "rolling_without_a_first_step",
    "same_port_twice",
    "secret_written_down",
    "surge_over_replicas",
}
WITHOUT_FORM_IN_JSON = {"endless_throughput", "not_a_number", "option_of_another_strategy", "share_over_all"}
TIMES_AND_ZONES = {"freeze_in_misspelt_zone", "freeze_in_zone_of_this_machine", "freeze_on_no_day",
                   "freeze_over_before_it_begins", "freeze_without_end"}  # fmt: skip
NOT_IN_THE_SCHEMA = NAMES_OF_ADAPTERS | CONTRADICTIONS | WITHOUT_FORM_IN_JSON | TIMES_AND_ZONES
"""What a schema cannot see: adapters are found when it runs, and JSON Schema compares no two values."""
JARGON = ("pydantic", "input_value", "validation error", "Traceback", "('", "str type", "dataclass", "keyword")


def refused(file: Path, folder: Path) -> SettingsError:
    """The error that a settings file of the corpus makes."""
    shutil.copy(file, folder / "pyproject.toml")
    with pytest.raises(SettingsError) as caught:
        decode(read_document(folder / "pyproject.toml"))
    return caught.value


def table_of(file: Path) -> object:
    """What stands under `tool.twinrail` in a file, or None where it is not TOML or has no such table."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))["tool"]["twinrail"]
    except (ValueError, TypeError):
        return None


def test_corpus_is_large():
    """There are at least 80 mistakes, so that no kind is forgotten."""
    assert len(FILES) >= 80


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_message(file, tmp_path):
    """Each mistake is told with its place, its key, what stands there, what belongs there, and a guess."""
    golden_files.check(f"settings/{file.stem}.txt", f"{refused(file, tmp_path)}\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_message_is_plain(file, tmp_path):
    """No message speaks the language of a library, and each line can be read on a screen."""
    text = str(refused(file, tmp_path))

    assert [] == [word for word in JARGON if word in text]
    assert 250 > max(map(len, text.splitlines()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_place(file, tmp_path):
    """A place is a line and column that the file has; of a wrong value it shows the value, of a wrong key the key."""
    lines = file.read_bytes().decode("utf-8", errors="replace").splitlines()

    for mistake in refused(file, tmp_path).mistakes:
        if mistake.line:
            line = lines[mistake.line - 1]
            assert 1 <= mistake.column <= len(line) + 1
            if mistake.text.startswith('"') and "…" not in mistake.text and file.stem not in CONTRADICTIONS:
                assert line[mistake.column - 1 :].lstrip("'\"").startswith(mistake.text[1:].partition('"')[0])


@pytest.mark.parametrize("file", [each for each in FILES if table_of(each) is not None], ids=lambda file: file.stem)
def test_schema_sees_it(file):
    """An editor that knows the schema marks each mistake, except those that a schema cannot see."""
    found = SCHEMA.is_valid(table_of(file))

    assert (file.stem in NOT_IN_THE_SCHEMA) == found
