"""Files are whole or not there at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinrail.system.files import append_line, digest, read_json, sha256, write_json, write_whole

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_write_whole(tmp_path):
    """A file and its folders are made, or the file is replaced; nothing else is left there."""
    path = tmp_path / "a" / "b" / "report.md"

    write_whole(path, "first\n")
    write_whole(path, "zweite Zeile: ü\n")

    assert "zweite Zeile: ü\n" == path.read_text(encoding="utf-8")
    assert [path] == list(path.parent.iterdir())


def test_write_fails(tmp_path):
    """When the text cannot be written, the old file stays and no part of the new one is left."""
    path = tmp_path / "report.md"
    write_whole(path, "old")

    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \udcff")

    assert "old" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_folder_in_the_way(tmp_path):
    """A folder of that name is not replaced, and nothing is left beside it."""
    (tmp_path / "report.md" / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "report.md", "text")

    assert ["report.md"] == [each.name for each in tmp_path.iterdir()]


def test_json(tmp_path):
    """A value is read as it was written, in letters that a person can read; no file is None."""
    value = {"name": "Größe", "list": [1, None, True]}
    write_json(tmp_path / "a.json", value)

    assert value == read_json(tmp_path / "a.json")
    assert "Größe" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert read_json(tmp_path / "b.json") is None


def test_broken_json(tmp_path):
    """A file that is no JSON is an error, and not the same as no file."""
    (tmp_path / "a.json").write_text("{", encoding="utf-8")

    with pytest.raises(json.JSONDecodeError):
        read_json(tmp_path / "a.json")


def test_append_line(tmp_path):
    """Lines are added to the end, the file and its folders made when needed."""
    path = tmp_path / "runs" / "events.jsonl"

    append_line(path, "ä")
    append_line(path, "b")

    assert "ä\nb\n" == path.read_text(encoding="utf-8")


def test_append_after_a_crash(tmp_path):
    """A line that was cut short stays alone: the next one is whole."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a": "\xc3')

    append_line(path, "b")
    append_line(path, "c \udcff")

    assert b'{"a": "\xc3\nb\nc ?\n' == path.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_append_to_full_disk():
    """A full disk is an error, and not a line that is missing later."""
    with pytest.raises(OSError, match="No space left"):
        append_line(Path("/dev/full"), "a")


def test_append_to_device():
    """A device takes a line too, though it cannot be synced."""
    append_line(Path(os.devnull), "nothing")


def test_sha256(tmp_path):
    """A file's digest is that of its bytes."""
    (tmp_path / "empty").touch()
    (tmp_path / "one").write_bytes(b"\x00")

    assert EMPTY == sha256(tmp_path / "empty")
    assert "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" == sha256(tmp_path / "one")


PARTS = st.lists(st.text("ab", max_size=3), max_size=4)


@given(PARTS, PARTS)
def test_digest(one, other):
    """Two lists of parts have one digest only when they are the same: parts do not run together."""
    assert (one == other) == (digest(*one) == digest(*other))
    assert 64 == len(digest(*one))


def test_digest_of_bytes():
    """Text counts as its UTF-8 bytes."""
    assert digest("ü") == digest("ü".encode())


def test_a_line_that_does_not_fit_leaves_no_part_of_itself(tmp_path):
    """On a disk that fills up while a line is written, what stood there before stays readable, to the letter."""
    path = tmp_path / "ledger"
    code = (
        "import resource, signal, sys; from pathlib import Path; from twinrail.system.files import append_line\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "append_line(Path(sys.argv[1]), 'x' * 60)\n"
        "try: append_line(Path(sys.argv[1]), 'y' * 60)\n"
        "except OSError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert ("refused\n", "x" * 60 + "\n") == (done.stdout, path.read_text(encoding="utf-8"))
