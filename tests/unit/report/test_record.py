"""The run record holds what happened, whoever tells it, and is whole when it is read."""

import json
import os
import threading

import pytest
from sample_stories import BEGAN, ran, started

from twinrail.report.events import GateAsked, MoveMade, Observed, Progress, RolloutBegan, RunEnded, SessionEnded
from twinrail.report.record import Record, as_json, open_record
from twinrail.report.runs import new_run
from twinrail.report.story import Story, Timed, tell_story
from twinrail.system.errors import RecordError

LINT = started("lint").event
END = SessionEnded(session="lint", state="passed", seconds=0.1, headline="fine", artifacts={"a.whl": "00"})
FULL = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device here is always full")  # noqa: PTH110


@pytest.fixture
def record(tmp_path):
    return open_record(tmp_path, "20261122-201459-4711", keep=30)


def names(tmp_path):
    return sorted(each.name for each in (tmp_path / "runs").iterdir())


def test_new_run():
    """Names sort by time, to the microsecond: two runs of one process have two records."""
    first, second = new_run(), new_run()

    assert first < second
    assert [8, 6, 6] == [len(part) for part in first.split("-")]


def test_folders(record, tmp_path):
    """A record has a folder of its own with one for logs, and `latest` leads to it."""
    assert "20261122-201459-4711" == record.run
    assert tmp_path / "runs" / record.run == record.folder
    assert record.folder == (tmp_path / "runs/latest").resolve()
    assert record.folder / "logs" / "test.log" == record.log("test")
    assert record.log("test").parent.is_dir()


def test_latest_moves(record, tmp_path):
    """The record that was opened last is the latest, and nothing else is left there."""
    second = open_record(tmp_path, "20261122-201500-4712", keep=30)

    assert second.folder == (tmp_path / "runs/latest").resolve()
    assert [record.run, second.run, "latest"] == names(tmp_path)


def test_left_over_link(tmp_path):
    """A link that a crash left behind is no obstacle."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / f".latest.{os.getpid()}").symlink_to("nowhere")

    assert open_record(tmp_path, "a", keep=30).folder.is_dir()


@pytest.mark.parametrize(("keep", "kept"), [(1, ["c"]), (2, ["b", "c"]), (3, ["a", "b", "c"]), (30, ["a", "b", "c"])])
def test_keep(tmp_path, keep, kept):
    """The oldest runs beyond what is kept are removed, the one that is opened counted."""
    for name in "abc":
        open_record(tmp_path, name, keep=30 if name != "c" else keep)

    assert [*kept, "latest"] == names(tmp_path)


def test_keep_the_own(tmp_path):
    """A run that is joined late is not removed, though newer ones began meanwhile."""
    for name in "bcd":
        open_record(tmp_path, name, keep=30)

    joined = open_record(tmp_path, "a", keep=2)

    assert joined.folder.is_dir()
    assert ["a", "d", "latest"] == names(tmp_path)


def test_tell(record):
    """What is told is written down, and heard by the listeners, at the same time."""
    heard = []
    record.listeners.append(lambda time, event: heard.append((time, event)))

    record.tell(LINT)
    record.tell(END)

    lines = (record.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert ["RunStarted", "SessionEnded"] == [json.loads(line)["event"] for line in lines]
    assert [round(time, 3) for time, _ in heard] == [json.loads(line)["time"] for line in lines]
    assert [LINT, END] == [event for _, event in heard]


def test_story(record):
    """Before anything is told there is an empty story; then what every process told."""
    assert Story() == record.story()

    record.tell(LINT)
    Record(record.folder).tell(END)

    assert END == record.story().sessions["lint"].ended


def test_story_after_a_crash(record):
    """A line that was cut in the middle of a letter costs that line, and none of the next ones."""
    record.tell(LINT)
    with (record.folder / "events.jsonl").open("ab") as events:
        events.write('{"time": 1, "event": "Progress", "text": "ü'.encode()[:-1])

    record.tell(END)

    assert END == record.story().sessions["lint"].ended


def test_many_tellers(record):
    """Sessions side by side each get their lines whole."""
    tellers = [
        threading.Thread(
            target=lambda name=name: [record.tell(Progress(session=name, text="ü" * 500)) for _ in range(25)]
        )
        for name in "abcd"
    ]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()

    lines = (record.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert 100 == len(lines)
    assert {"ü" * 500} == {json.loads(line)["text"] for line in lines}


def test_publish(record):
    """The summary, the page and `run.json` are made of the events so far, again and again."""
    record.tell(LINT)
    record.publish()
    record.tell(END)

    story = record.publish()

    assert END == story.sessions["lint"].ended
    assert {"events.jsonl", "logs", "report.html", "run.json", "summary.md"} == {
        each.name for each in record.folder.iterdir()
    }
    assert json.loads(json.dumps(as_json(story))) == json.loads((record.folder / "run.json").read_text("utf-8"))


def test_json():
    """`run.json` holds the result of every session, with its commands, and what was deployed."""
    events = [
        started("lint", "test").event,
        ran("lint", "ruff", "check"),
        END,
        GateAsked(session="production", environment="production", gate="approval", answer="open", who="Ada"),
        RolloutBegan(session="production", environment="production", strategy="rolling", old="1", new="2"),
        MoveMade(session="production", environment="production", move="start", seconds=0.5),
        Observed(session="production", environment="production", instances={"2": 1}, traffic={"2": 100}),
        RunEnded(exit_code=0, address="http://127.0.0.1:8433"),
    ]

    found = as_json(tell_story(Timed(BEGAN + index, event) for index, event in enumerate(events)))

    assert "shopfront" == found["run"]["project"]
    assert ("passed", 0, BEGAN, 7) == (found["state"], found["exit_code"], found["began"], found["seconds"])
    assert "http://127.0.0.1:8433" == found["address"]
    lint, test = found["sessions"]
    assert ("lint", "passed", "fine", {"a.whl": "00"}) == tuple(
        lint[key] for key in ("name", "state", "headline", "artifacts")
    )
    assert ("ruff", "check") == lint["commands"][0]["argv"]
    assert {"name": "test", "state": "pending", "began": None, "commands": []} == test
    assert [1] * 4 == [len(found[key]) for key in ("gates", "rollouts", "moves", "observed")]
    assert BEGAN + 3 == found["gates"][0]["time"]


def test_json_of_nothing():
    """A run that has told nothing yet can be written too."""
    assert (None, [], "") == tuple(as_json(Story())[key] for key in ("run", "sessions", "address"))


@FULL
def test_full_disk(record):
    """When the disk is full nothing goes on: the message says why, and what to do."""
    heard = []
    record.listeners.append(lambda *told: heard.append(told))
    (record.folder / "events.jsonl").symlink_to("/dev/full")

    with pytest.raises(RecordError, match="cannot be written: No space left on device") as caught:
        record.tell(END)

    assert "Make room" in caught.value.todo
    assert [] == heard


def test_no_folder(tmp_path):
    """A record that cannot be made is an error of its own."""
    (tmp_path / "runs").write_text("no folder", encoding="utf-8")

    with pytest.raises(RecordError):
        open_record(tmp_path, "a", keep=30)


def test_publish_fails(record):
    """A page that cannot be written is the same error."""
    (record.folder / "report.html").mkdir()

    with pytest.raises(RecordError):
        record.publish()
