"""The verbs that read the journal and the lease: status, history, verify-journal, unlock."""

import dataclasses
import json
import subprocess
import sys

import pytest
from rich.text import Text

from golden_files import check
from twinrail.cli import status as status_verb
from twinrail.cli.main import main
from twinrail.deploy.history import Attempt, history
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.status import Holder, Status

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"

[tool.twinrail.environments.staging]
[tool.twinrail.environments.production]
replicas = 3
"""
START = 1_795_378_499.0  # 2026-11-22 20:14:59 UTC


@dataclasses.dataclass
class Shop:
    """A project on this machine, with ledgers whose clock is set by hand, and the command line on it."""

    root: object
    capsys: object
    now: float = START

    def ledger(self, name: str = "production") -> FileLedger:
        folder = self.root / ".twinrail" / "environments" / name
        folder.mkdir(parents=True, exist_ok=True)
        return FileLedger(folder, clock=lambda: self.now, run="20261122-201459-123456")

    def write(self, kind: str, after: float = 1.0, *, name: str = "production", **facts) -> None:
        self.now += after
        self.ledger(name).append(kind, facts, fence=0)

    def deploy(
        self, version: str, kind: str = "live", *, took: float = 14.0, name: str = "production", **facts
    ) -> None:
        """A rollout with that end; without one where `kind` is empty."""
        usual = {
            "release": f"{version}-8c1f09ab",
            "version": version,
            "commit": "3f2a9c1d" * 5,
            "old": facts.pop("old", ""),
            "strategy": "canary",
        }
        by = {"by": "ada, run 20261122-201459-123456, pid 4711"}
        self.write("begin", 3600.0, name=name, **usual, **by, rollback=kind == "again")
        if kind:
            facts = {**usual, **by, **facts, "rollback": kind == "again"}
            self.write("live" if kind == "again" else kind, took, name=name, **facts)

    def twinrail(self, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--project", str(self.root)])
        said = self.capsys.readouterr()
        return code, said.out.replace(str(self.root), "ROOT"), said.err.replace(str(self.root), "ROOT")


@pytest.fixture
def shop(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("TWINRAIL_RUN", raising=False)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return Shop(tmp_path, capsys)


LONG = (
    "1.3.3 answered 500 on 37 of 1,204 requests (1.3.2: 0 of 1,187) at 25 %, and was slower by 41 % (p = 0.0001)\nmore"
)


def lived(shop: Shop) -> Shop:
    """A production that has seen all that can become of a rollout."""
    shop.deploy("1.3.0")
    shop.write("down", 86_400.0, by="grace, run 7")
    shop.deploy("1.3.1")
    shop.deploy("1.3.2", took=125.0)
    shop.deploy("1.3.3", "turned back", took=31.0, why=LONG)
    shop.deploy("1.3.4", old="1.3.2-8c1f09ab")
    shop.deploy("1.3.2", "again", took=0.05, old="1.3.4-8c1f09ab")
    shop.deploy("1.4.0rc1", "")
    shop.deploy("1.4.0", "paused", why="experiment: it ends on 2026-12-01", todo="twinrail resume production --end")
    return shop


@pytest.mark.parametrize(
    "words", [["status"], ["history"], ["verify-journal"], ["unlock", "production"], ["history", "staging"]]
)
def test_where_nothing_was_deployed(shop, words):
    """Each says that there is nothing yet, ends well, and leaves nothing behind."""
    code, out, _ = shop.twinrail(*words)
    assert 0 == code
    assert ("Nothing was deployed" in out) or ("Nobody holds production" in out)
    assert not (shop.root / ".twinrail" / "environments").exists()


@pytest.mark.parametrize("verb", ["status", "history", "verify-journal", "unlock"])
def test_an_environment_that_there_is_not(shop, verb):
    """A name that no environment has is a mistake, with a guess."""
    code, _, err = shop.twinrail(verb, "prodution")
    assert (2, True) == (code, 'Did you mean "production"?' in err)


def test_the_history(shop):
    """One line a rollout, the newest first, with the reason where there is one; it fits 80 columns, without colours."""
    lived(shop).deploy("1.4.0", name="staging")
    code, out, _ = shop.twinrail("history")
    check("cli/history.txt", out)
    assert (0, False) == (code, any(len(line) > 80 for line in out.splitlines()))


def test_the_history_of_one_environment(shop):
    """The one that is named stands alone; one that was stopped and never deployed to has none."""
    lived(shop).write("down", name="staging")
    out = shop.twinrail("history", "staging")[1]
    assert "staging\n  no rollout yet\n" == out
    assert "staging" not in shop.twinrail("history", "production")[1]


def test_a_long_history(shop):
    """The last twenty are told, and how to see the others; `--all` tells all of them."""
    for number in range(23):
        shop.deploy(f"1.{number}")
    out = shop.twinrail("history")[1]
    assert "  and 3 older ones:  twinrail history production --all" == out.splitlines()[-1]
    assert (True, False) == ("  1.3 " in out, "  1.2 " in out)
    assert 25 == len(shop.twinrail("history", "--all")[1].splitlines())


def test_the_history_for_programs(shop):
    """In JSON it has every fact, and the same bounds."""
    lived(shop)
    told = json.loads(shop.twinrail("history", "--json")[1])
    assert ["production"] == list(told)
    assert ("1.4.0", "paused", "twinrail resume production --end") == tuple(
        told["production"][0][key] for key in ("version", "became", "todo")
    )
    assert LONG == told["production"][4]["why"]
    for number in range(20):
        shop.deploy(f"2.{number}")
    assert 20 == len(json.loads(shop.twinrail("history", "--json")[1])["production"])
    assert 28 == len(json.loads(shop.twinrail("history", "--json", "--all")[1])["production"])


def test_the_history_in_a_broken_journal(shop):
    """What was written down by nobody knows whom is not told as what was."""
    lived(shop)
    path = shop.ledger().folder / "journal.jsonl"
    path.write_text(path.read_text().replace("1.3.1", "1.3.9", 1), encoding="utf-8")
    code, _, err = shop.twinrail("history")
    assert (24, True) == (code, "twinrail verify-journal production" in err)


def test_a_journal_that_is_whole(shop):
    """Each environment's is told with how many entries it has, and its head."""
    lived(shop).deploy("1.4.0", "", name="staging")
    (shop.root / ".twinrail" / "environments" / "forgotten").mkdir()
    code, out, _ = shop.twinrail("verify-journal")
    heads = {name: shop.ledger(name).read()[-1].hash for name in ("production", "staging")}
    told = {each["environment"]: each for each in json.loads(shop.twinrail("verify-journal", "--json")[1])}
    for name, head in heads.items():
        assert (True, head, []) == (told[name]["whole"], told[name]["head"], told[name]["faults"])
        out = out.replace(head[:8], "HEAD")
    check("cli/verify-journal.txt", out)
    assert (0, "") == (code, told["forgotten"]["head"])


def test_a_journal_that_is_broken(shop):
    """All that is wrong is told, of each environment, and the exit code says that something is."""
    lived(shop).deploy("1.4.0", name="staging")
    path = shop.ledger().folder / "journal.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        "".join([*lines[:2], *lines[3:5], lines[5].replace('"ada,', '"eve,'), *lines[6:-1]]), encoding="utf-8"
    )
    code, out, _ = shop.twinrail("verify-journal")
    out = out.replace(shop.ledger("staging").read()[-1].hash[:8], "HEAD")
    check("cli/verify-journal-broken.txt", out)
    told = json.loads(shop.twinrail("verify-journal", "production", "--json")[1])
    assert (24, 1, False, [3, 5, 15]) == (
        code,
        len(told),
        told[0]["whole"],
        [each["line"] for each in told[0]["faults"]],
    )
    assert 0 == shop.twinrail("verify-journal", "staging")[0]


def test_unlocking_what_nobody_holds(shop):
    """Where nobody holds the lease nothing is changed, as often as it is asked for."""
    ledger = shop.ledger()
    ledger.give_back(ledger.lease("ada", 60.0))
    for _ in range(2):
        assert (0, "Nobody holds production; nothing was changed.\n", "") == shop.twinrail("unlock", "production")
    told = json.loads(shop.twinrail("unlock", "production", "--json")[1])
    assert {"environment": "production", "unlocked": False, "owner": "", "why": ""} == told
    assert () == ledger.read()


def of_the_dead(ledger: FileLedger) -> None:
    """A lease whose holder is gone."""
    ledger.lease("ada, run 7", 60.0)
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    path = ledger.folder / "lease.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "pid": done.pid}), encoding="utf-8")


def test_unlocking_what_the_dead_hold(shop):
    """A lease whose holder is gone is ended; whose it was, and why it could be, is told and written down."""
    of_the_dead(shop.ledger())
    said = "production is free: the lease of ada, run 7 was ended, because its process is gone.\n"
    assert (0, said, "") == shop.twinrail("unlock", "production")
    assert ["unlocked"] == [entry.kind for entry in shop.ledger().read()]
    of_the_dead(shop.ledger())
    told = json.loads(shop.twinrail("unlock", "production", "--json")[1])
    assert (True, "ada, run 7", "its process is gone") == (told["unlocked"], told["owner"], told["why"])
    (shop.ledger().folder / "lease.json").write_text("?", encoding="utf-8")
    said = "production is free: the lease of somebody was ended, because it could not be read.\n"
    assert (0, said, "") == shop.twinrail("unlock", "production")


def test_unlocking_what_is_held(shop):
    """A lease that is held is left alone but where its own run is named; the refusal says who holds it."""
    shop.ledger().lease("ada, run 20261122-201459-123456, pid 4711", 60.0)
    for own in ([], ["--own", "20261122-201459-000000"]):
        code, out, err = shop.twinrail("unlock", "production", *own)
        assert (22, "") == (code, out)
        check("cli/unlock-refused.txt", err.replace(heard(err), "HEARD"))
    code, out, _ = shop.twinrail("unlock", "production", "--own", "20261122-201459-123456")
    assert (0, True) == (code, out.endswith("was ended, because 20261122-201459-123456 is their own run.\n"))


def heard(err: str) -> str:
    """How long ago the holder was heard of, by the machine's clock."""
    return err.partition("was heard of ")[2].partition(", and holds")[0]


def attempt(**facts) -> Attempt:
    usual = {"release": "1.5.0-00000000", "version": "1.5.0", "commit": "", "old": "", "strategy": "canary"}
    return Attempt(**{**usual, "rollback": False, "by": "ada", "began": START, **facts})


NOTHING = Status(environment="test", release="", version="", instances=0, wanted=1, address="", commit="")
LIVE = Status(
    environment="production",
    release="1.4.0-8c1f09ab",
    version="1.4.0",
    instances=3,
    wanted=3,
    address="http://127.0.0.1:8433",
    commit="3f2a9c1d" * 5,
    since=START - 200_000,
    previous="1.3.2-aaaaaaaa",
)
HELD = Holder(owner="ada, run 20261122-201459-123456, pid 4711", since=START, until=START + 60, over="")
SEEN = [
    NOTHING,
    LIVE,
    dataclasses.replace(
        LIVE, instances=2, commit="", previous="", since=None, lease=dataclasses.replace(HELD, over="it ran out")
    ),
    dataclasses.replace(LIVE, under_way=attempt(), lease=HELD),
    dataclasses.replace(LIVE, under_way=attempt(why="1.5.0 answered 500"), lease=HELD),
    dataclasses.replace(LIVE, under_way=attempt(), lease=dataclasses.replace(HELD, over="its process is gone")),
    dataclasses.replace(LIVE, under_way=attempt(why="1.5.0 answered 500")),
    dataclasses.replace(
        LIVE,
        under_way=attempt(
            became="paused", why="experiment: it ends on 2026-12-01", todo="twinrail resume production --end"
        ),
    ),
    dataclasses.replace(
        NOTHING, under_way=attempt(became="paused", why="approval"), trouble="The journal of test is broken: line 3."
    ),
]


def test_the_status_in_words():
    """What is live, since when, what was before; what is on its way or waits, and how to go on; who holds the lease."""
    lines = [line.plain.rstrip() for each in SEEN for line in [*status_verb.told([each], START + 120), Text("")]]
    check("cli/status.txt", "\n".join(lines))
    assert not [line for line in lines if len(line) > 80]


def test_the_status_of_several_environments():
    """Their names stand in one column, an empty line between them."""
    lines = [line.plain.rstrip() for line in status_verb.told([NOTHING, LIVE], START)]
    assert ["test        nothing is live", "", "production  1.4.0 · 3f2a9c1 · 3 of 3 · http://127.0.0.1:8433"] == lines[
        :3
    ]


def test_the_status_where_nothing_runs(shop):
    """What the journal tells stands in the status, for people and for programs."""
    lived(shop)
    code, out, _ = shop.twinrail("status")
    assert (0, True) == (code, "◐ 1.4.0 waits, begun 2026-11-24" in out)
    told = json.loads(shop.twinrail("status", "production", "--json")[1])
    assert [("production", "", 0, 3)] == [
        tuple(each[key] for key in ("environment", "version", "instances", "wanted")) for each in told
    ]
    assert ("paused", "1.4.0") == tuple(told[0]["under_way"][key] for key in ("became", "version"))
    assert "paused" == history(shop.ledger().read())[-1].became
    shop.ledger().lease("ada", 60.0)
    told = json.loads(shop.twinrail("status", "--json")[1])
    assert ("ada", START) < (told[0]["lease"]["owner"], told[0]["lease"]["since"])


@pytest.mark.parametrize("verb", ["status", "history", "verify-journal", "unlock"])
def test_help(verb, monkeypatch, capsys):
    """Each verb says what it does, and what may stand behind it."""
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    check(f"cli/help-{verb}.txt", capsys.readouterr().out)
