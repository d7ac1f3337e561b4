"""Secrets in every form in which they may turn up: masked in the log, and in no file that is kept."""

import base64
import html
import json
import os
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_runner import Log
from twinrail.report.commands import forms_of, masks, scrub
from twinrail.report.events import CommandRan, Finding, RunEnded, RunStarted, SessionEnded, SessionStarted
from twinrail.report.hiding import lay_record
from twinrail.report.record import Record, open_record

# pragma: allowlist nextline secret
TOKEN = "s3cr3t/T0ken+with?odd&parts=yes"
QUOTED = 'it\'s "zq" <b> & c\\d * _e_ @f #1 | `g` é ~h~ [i](j)'
KEY = "-----BEGIN KEY-----\nQUJDRA==\r\n  c2Vjb25k  \nabc\n-----END KEY-----\n"
BYTES = st.binary(max_size=7)
SECRETS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Z")), min_size=4, max_size=12)


def hidden(text, secret):
    """The text as it is kept, without the secret."""
    return scrub(text, (secret,))


WAYS = {
    "plain": lambda s: s,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 without padding": lambda s: base64.b64encode(s.encode()).decode().rstrip("="),
    "urlsafe base64": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "urlsafe base64 without padding": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "part of a path": quote,
    "part of a URL": lambda s: quote(s, safe=""),
    "part of a query": quote_plus,
    "JSON": json.dumps,
    "JSON with accents": lambda s: json.dumps(s, ensure_ascii=False),
    "HTML": html.escape,
    "XML": lambda s: ET.tostring(ET.fromstring(f"<a>{html.escape(s)}</a>"), encoding="unicode"),
    "Python": repr,
}


@pytest.mark.parametrize("secret", [TOKEN, QUOTED, "pass", "???>>>~~~", "päß wörd", "a" * 3000], ids=lambda s: s[:8])
@pytest.mark.parametrize("way", WAYS)
def test_forms(secret, way):
    """A secret is hidden however it is written, and the words around it stay."""
    written = WAYS[way](secret)
    kept = hidden(f"Bearer {written} end", secret)
    assert kept.startswith("Bearer ")
    assert kept.endswith(" end")
    assert "***" in kept
    assert written not in kept
    assert secret not in kept


@given(SECRETS, BYTES, BYTES)
def test_base64_at_every_offset(secret, before, behind):
    """Between other bytes the letters of base64 that are the secret's alone are hidden, in both alphabets."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(before + secret.encode() + behind).decode()
        kept = hidden(whole, secret)
        assert "***" in kept
        shown = kept.split("***")
        # What stays on either side holds no more than a part of a letter of it.
        assert len(shown[0]) <= -(-len(before) * 4 // 3)
        assert len(shown[-1].rstrip("=")) <= -(-len(behind) * 4 // 3) + 1


@pytest.mark.parametrize("offset", range(6))
def test_credentials_of_a_url(offset):
    """`user:token` in the header Authorization is the token at some offset."""
    header = base64.b64encode(("u" * offset + ":" + TOKEN).encode()).decode()
    assert len(hidden(header, TOKEN).replace("***", "")) <= -(-(offset + 1) * 4 // 3) + 3


def test_lines():
    """Each line of a secret is one, without the blanks around it; a line too short to hide anything is none."""
    forms = set(forms_of(KEY))
    assert {KEY, "-----BEGIN KEY-----", "QUJDRA==", "c2Vjb25k"} <= forms
    assert "abc" not in forms
    assert "*** abc ***" == hidden("QUJDRA== abc c2Vjb25k", KEY)


@pytest.mark.parametrize("secret", ["", "abc", "  a  ", "\n\n", "a\nb\nc"])
def test_too_short(secret):
    """What is so short would hide half of the log, and nothing else."""
    assert [] == [each for each in forms_of(secret) if len(each.strip()) < 4 and "\n" not in each]
    assert "a b c abc" == hidden("a b c abc", secret)


def test_masks():
    """The runner is told each form once, as it is; before any of it is said."""
    log = Log().read("\n".join(masks([TOKEN, KEY, TOKEN, "100%0A"])))
    told = [each.text for each in log.obeyed]
    assert ({"add-mask"}, []) == ({each.name for each in log.obeyed}, log.lines)
    assert set(told) == {*forms_of(TOKEN), *forms_of(KEY), *forms_of("100%0A")}
    assert len(told) == len(set(told))


def test_no_text():
    """A secret that is no UTF-8 has forms still."""
    secret = os.fsdecode(b"\xff\xfepass")
    assert {"%FF%FEpass", base64.b64encode(b"\xff\xfepass").decode()} <= set(forms_of(secret))


def test_the_longest_first():
    """Of two secrets of which one holds the other nothing is left over."""
    assert "*** ***" == scrub("password password-2", ("password", "password-2"))


@pytest.fixture
def record(tmp_path):
    """The record of a run in which a test printed secrets everywhere."""
    made = open_record(tmp_path / "state", "shop-7-1")
    said = " ".join(way(QUOTED) for way in WAYS.values())
    made.tell(RunStarted(run="shop-7-1", project="shop", version="1", commit="c" * 40, uncommitted=0, manager="uv",
                         python="3.13", pack="1", sessions=("test",), root="/shop"))  # fmt: skip
    made.tell(SessionStarted(session="test"))
    made.tell(
        CommandRan(session="test", command=f"X='{QUOTED}' pytest", argv=("pytest", QUOTED), directory="/shop",
                   env={"X": QUOTED}, tool="", returncode=1, seconds=1)
    )  # fmt: skip
    found = Finding(file="tests/test_it.py", line=3, title=QUOTED, text=said)
    made.tell(
        SessionEnded(session="test", state="failed", seconds=1, headline=f"1 failed {QUOTED}", exit_code=1,
                     detail=f"\u2028{said}", again=f"nox -s test -- '{QUOTED}'", findings=(found,))
    )  # fmt: skip
    made.tell(RunEnded(exit_code=1, why=QUOTED))
    made.log("test").write_text(f"{said}\n", encoding="utf-8")
    (made.folder / "reports" / "test").mkdir(parents=True)
    (made.folder / "reports" / "test" / "report.json").write_text(json.dumps({"a": QUOTED}), encoding="utf-8")
    (made.folder / "reports" / "test" / "coverage").write_bytes(b"\xff\x00" + QUOTED.encode())
    (made.folder / "reports" / "link").symlink_to(__file__)
    made.publish()
    return made


def test_a_kept_record_holds_no_secret(record, tmp_path):
    """No file of it holds the secret in any spelling, of what is no text nothing is kept, and no link is followed."""
    lay_record(record.folder, tmp_path / "out", (QUOTED,))
    kept = {each.relative_to(tmp_path / "out").as_posix(): each for each in (tmp_path / "out").rglob("*")}
    files = {"events.jsonl", "logs/test.log", "report.html", "reports/test/report.json", "run.json", "summary.md"}
    assert files == {name for name, path in kept.items() if path.is_file()}
    for name in files:
        text = kept[name].read_text(encoding="utf-8")
        assert "***" in text, name
        assert not [way for way in WAYS if WAYS[way](QUOTED) in text], name
        # As Markdown and HTML spell it: its plain words are gone, too.
        assert '"zq"' not in html.unescape(text).replace("\\", ""), name
        assert "(j)" not in html.unescape(text).replace("\\", ""), name


def test_a_kept_record_is_whole(record, tmp_path):
    """All events are there, and the story is the same but for the secret."""
    story = lay_record(record.folder, tmp_path / "out", (QUOTED,)).story()
    assert ("shop", 1, "failed") == (story.run.project, story.exit_code, story.state)
    ended = story.sessions["test"].ended
    assert ("1 failed ***", "nox -s test -- '***'", "***") == (ended.headline, ended.again, story.end.why)
    assert [("tests/test_it.py", 3, "***")] == [(each.file, each.line, each.title) for each in ended.findings]


@pytest.mark.parametrize("word", ["test", "failed", "session", "time", "event", "SessionEnded", "true", "exit_code"])
def test_a_secret_that_is_a_common_word(record, tmp_path, word):
    """A user's name may be any word: events stay what they are, and later jobs read them."""
    laid = lay_record(record.folder, tmp_path / "out", (word, QUOTED))
    ended = laid.story().sessions["test"].ended
    assert ("failed", 1, 1) == (ended.state, ended.exit_code, len(ended.findings))
    assert 5 == (laid.folder / "events.jsonl").read_text(encoding="utf-8").count("\n")


def test_a_record_without_secrets_is_copied(record, tmp_path):
    """Where there is no secret, the copy is what it was."""
    lay_record(record.folder, tmp_path / "out", ())
    for name in ("events.jsonl", "logs/test.log", "run.json", "summary.md"):
        assert (record.folder / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_an_event_that_was_cut_short(tmp_path):
    """A line that a crash cut short holds no secret either, and the others stand."""
    whole = Record(tmp_path / "run")
    whole.tell(SessionStarted(session="test"))
    with (tmp_path / "run" / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write(f'{{"time": 1, "event": "Progress", "text": "{TOKEN}')
    laid = lay_record(whole.folder, tmp_path / "out", (TOKEN,))
    assert TOKEN not in (laid.folder / "events.jsonl").read_text(encoding="utf-8")
    assert ["test"] == list(laid.story().sessions)
