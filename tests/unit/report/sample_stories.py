"""Runs of a shop, told as their events: one that went live, one that failed, one turned back, one that waits."""

from datetime import UTC, datetime

from twinrail.report.events import (
    CommandRan,
    Event,
    Finding,
    GateAsked,
    MoveMade,
    Observed,
    Progress,
    Reading,
    RunEnded,
    RunStarted,
    SessionEnded,
    SessionStarted,
    State,
)
from twinrail.report.story import Story, Timed, tell_story

BEGAN = datetime(2026, 11, 22, 20, 14, 59, tzinfo=UTC).timestamp()
WHEEL = "shopfront-1.4.0-py3-none-any.whl"
DIGESTS = {
    WHEEL: "8c1f0a3de4b7c95527f6a1b0d83e94c6f27a5b18e0d94c3a6b7f12e85d09c4aa",
    "shopfront-1.4.0.tar.gz": "1de76cb90b4e8a3f25d7c6190ea8f34b7d52c0e91f6a8b3d4c75e20f9a81b6d3",
}
SESSIONS = (
    "lint", "types", "test", "security", "build", "sbom", "image",
    "integration", "e2e", "staging", "production", "notify",
)  # fmt: skip


def ran(session: str, *argv: str, tool: str = "", seconds: float = 0.1, code: int = 0, **env: str) -> CommandRan:
    """A command of a session, in the project's folder."""
    words = [*(f"{name}={value}" for name, value in env.items()), *argv]
    return CommandRan(
        session=session,
        command=" ".join(words),
        argv=argv,
        directory="/home/ada/shopfront",
        env=env,
        tool=tool,
        returncode=code,
        seconds=seconds,
    )


def took(
    session: str, start: float, seconds: float, headline: str, state: State = "passed", **more: object
) -> list[Timed]:
    """A session from its beginning to its end."""
    ended = SessionEnded(session=session, state=state, seconds=seconds, headline=headline, **more)  # type: ignore[arg-type]
    return [at(start, SessionStarted(session=session)), at(start + seconds, ended)]


def unbegun(session: str, start: float, state: State, headline: str = "") -> Timed:
    """A session that ended before it began."""
    return at(start, SessionEnded(session=session, state=state, seconds=0, headline=headline))


def at(seconds: float, event: Event) -> Timed:
    """An event so many seconds after the run began."""
    return Timed(BEGAN + seconds, event)


def started(*sessions: str, uncommitted: int = 0) -> Timed:
    """The beginning of the run."""
    return at(
        0,
        RunStarted(
            run="20261122-201459-4711",
            project="shopfront",
            version="1.4.0",
            commit="3f2a9c1b7d04e6a8c5f1920b3d7e48a6c0f95b12",
            uncommitted=uncommitted,
            manager="uv",
            python="3.12.7",
            pack="1.0.0",
            sessions=sessions or SESSIONS,
            root="/home/ada/shopfront",
        ),
    )


def told(*events: Timed | list[Timed]) -> Story:
    """The story of the events, in the order of their times."""
    flat = [one for each in events for one in (each if isinstance(each, list) else [each])]
    return tell_story(sorted(flat, key=lambda each: each.time))


def checked() -> list[Timed]:
    """Everything before staging, all of which went well."""
    coverage = Reading(name="coverage", value="93.4 %", limit="≥ 90 %", ok=True)
    pytest = ran(
        "test", "coverage", "run", "--branch", "-m", "pytest", "tests", tool="pytest 8.4.2 (project)", seconds=5.6
    )
    build = ran(
        "build", "python", "-m", "build", tool="build 1.3.0 (pack)", seconds=0.9, SOURCE_DATE_EPOCH="1795340000"
    )
    return [
        *took("lint", 0.2, 0.12, "clean"),
        at(0.3, ran("lint", "ruff", "check", "--no-fix", "src", tool="ruff 0.14.6 (project)", seconds=0.06)),
        *took("types", 0.2, 0.3, "reused (nothing it reads has changed since run 20261122-195512-4498)"),
        *took("test", 0.2, 6.4, "214 passed · coverage 93.4 % (≥ 90)", readings=(coverage,)),
        at(5.9, pytest),
        *took("security", 0.3, 1.2, "no known advisory in 41 locked packages · 0 secrets · 0 findings"),
        *took("build", 6.7, 0.9, f"{WHEEL}  sha256:8c1f…", artifacts=DIGESTS),
        at(7.5, build),
        *took("sbom", 7.6, 0.4, "41 components", artifacts={"sbom.cdx.json": f"sha256:{'5e' * 32}"}),
        unbegun("image", 8.0, "off", "no Dockerfile"),
        *took("integration", 8.0, 4.1, "12 passed"),
        *took("e2e", 12.1, 11.2, "18 passed in Chromium, against http://127.0.0.1:8431"),
    ]


def rolled(
    session: str, start: float, moves: list[tuple[float, str]], seen: list[tuple[float, int, int, float]]
) -> list[Timed]:
    """A rollout from 1.3.2 to 1.4.0: how long each move took, and when how much of each release was seen."""
    events, now = [], start
    for seconds, move in moves:
        now += abs(seconds)
        made = MoveMade(
            session=session,
            environment=session,
            move=move.lstrip("↩ "),
            seconds=abs(seconds),
            retreat=move.startswith("↩"),
        )
        events.append(at(now, made))
    for time, old, new, share in seen:
        instances = {name: count for name, count in (("1.3.2", old), ("1.4.0", new)) if count}
        traffic = {name: part for name, part in (("1.3.2", 100 - share), ("1.4.0", share)) if part}
        events.append(
            at(start + time, Observed(session=session, environment=session, instances=instances, traffic=traffic))
        )
    return events


def staged() -> list[Timed]:
    """A rollout in staging, where 1.4.0 took the place of 1.3.2 one by one."""
    moves = [
        (0.4, f"bring {WHEEL}"), (3.1, "start 1.4.0 × 1"), (0.2, "shift 1.4.0 50 %"), (1.1, "stop 1.3.2 × 1"),
        (2.9, "start 1.4.0 × 1"), (0.2, "shift 1.4.0 100 %"), (1.3, "stop 1.3.2 × 1"), (30.0, "hold 30 s"),
    ]  # fmt: skip
    seen = [
        (0, 2, 0, 0),
        (3.5, 2, 1, 0),
        (3.7, 2, 1, 50),
        (4.8, 1, 1, 50),
        (7.7, 1, 2, 50),
        (7.9, 1, 2, 100),
        (9.2, 0, 2, 100),
    ]
    readings = (
        Reading(name="smoke", value="5 of 5", limit="all", ok=True),
        Reading(name="p95", value="212 ms", limit="≤ 400 ms", ok=True),
        Reading(name="errors", value="0 %", limit="≤ 1 %", ok=True),
        Reading(name="requests", value="11,482"),
    )
    headline = "1.4.0 serves, was 1.3.2 · smoke 5 of 5 · p95 212 ms with 20 users"
    return [
        at(
            23.4, GateAsked(session="staging", environment="staging", gate="newer", answer="open", note="1.4.0 > 1.3.2")
        ),
        *took("staging", 23.4, 39.9, headline, readings=readings),
        *rolled("staging", 23.9, moves, seen),
    ]


def gated(start: float) -> list[Timed]:
    """The gates before production: one had to be waited for."""
    gates = [
        (0.0, "receipt", "open", "staging was healthy with sha256:8c1f…", ""),
        (0.0, "freeze", "open", "not frozen until Fri 16:00 Europe/Berlin", ""),
        (0.1, "approval", "wait", "1 of 2, until 2026-11-23 20:16 UTC", "Ada Lovelace"),
        (7.0, "approval", "open", "2 of 2", "Ada Lovelace, Grace Hopper"),
    ]
    return [
        at(
            start + time,
            GateAsked(session="production", environment="production", gate=gate, answer=answer, note=note, who=who),
        )
        for time, gate, answer, note, who in gates
    ]


def released() -> Story:
    """Everything went well, and 1.4.0 is live."""
    moves = [
        (0.4, f"bring {WHEEL}"), (3.0, "start 1.4.0 × 1"), (0.1, "shift 1.4.0 5 %"), (12.0, "hold 12 s"),
        (0.1, "shift 1.4.0 25 %"), (12.0, "hold 12 s"), (3.2, "start 1.4.0 × 2"), (0.1, "shift 1.4.0 50 %"),
        (12.0, "hold 12 s"), (0.1, "shift 1.4.0 100 %"), (2.4, "stop 1.3.2 × 3"),
    ]  # fmt: skip
    seen = [
        (0, 3, 0, 0), (3.4, 3, 1, 0), (3.5, 3, 1, 5), (15.6, 3, 1, 25), (30.8, 3, 3, 25), (30.9, 3, 3, 50),
        (43.0, 3, 3, 100), (45.4, 0, 3, 100),
    ]  # fmt: skip
    return told(
        started(),
        checked(),
        staged(),
        gated(63.4),
        took("production", 63.4, 53.3, "1.4.0 is live, was 1.3.2 · errors 0 % of 4,816 requests"),
        rolled("production", 71.0, moves, seen),
        took("notify", 116.8, 0.1, "log, webhook"),
        at(117.0, RunEnded(exit_code=0, address="http://127.0.0.1:8433")),
    )


def broken() -> Story:
    """Two tests and a style rule failed: nothing was deployed."""
    nodes = "tests/unit/test_prices.py::test_rounding_half_even 'tests/unit/test_prices.py::test_parse[€ 1|000]'"
    found = (
        Finding(
            file="tests/unit/test_prices.py",
            line=41,
            title="test_rounding_half_even",
            text="assert Decimal('2.67') == Decimal('2.68')",
        ),
        Finding(
            file="tests/unit/test_prices.py",
            line=58,
            title="test_parse[€ 1|000]",
            text="assert parse('<script>alert(1)</script>') == `1 | 000` for @ada, see #12\nassert None == 1000",
        ),
    )
    style = tuple(
        Finding(
            file="src/shopfront/prices.py", line=line, title="F841", text=f"Local variable `price_{line}` is unused"
        )
        for line in range(10, 23)
    )
    command = ran(
        "test", "pytest", "tests/unit", tool="pytest 8.4.2 (project)", code=1, seconds=2.9, PYTHONHASHSEED="0"
    )
    rest = [unbegun(each, 3.6, "not run", "test failed") for each in ("integration", "e2e", "staging", "production")]
    return told(
        started(*(each for each in SESSIONS if each not in {"build", "sbom", "image"}), uncommitted=2),
        took("lint", 0.2, 0.12, "13 findings", "failed", exit_code=1, findings=style, again="nox -s lint"),
        took("types", 0.2, 0.9, "clean"),
        took(
            "test",
            0.2,
            3.1,
            "2 failed, 212 passed",
            "failed",
            exit_code=1,
            findings=found,
            again=f"nox -s test -- {nodes} -p no:randomly",
        ),
        at(3.2, command),
        took("security", 0.3, 1.2, "no known advisory in 41 locked packages · 0 secrets · 0 findings"),
        rest,
        took("notify", 3.7, 0.1, "log"),
        at(3.9, RunEnded(exit_code=1)),
    )


def turned_back() -> Story:
    """1.4.0 answered 500 at a quarter of the traffic, and 1.3.2 serves again."""
    moves = [
        (0.4, f"bring {WHEEL}"), (3.0, "start 1.4.0 × 1"), (0.1, "shift 1.4.0 5 %"), (12.0, "hold 12 s"),
        (0.1, "shift 1.4.0 25 %"), (6.3, "hold 12 s"), (0.2, "↩ shift 1.3.2 100 %"), (0.6, "↩ stop 1.4.0 × 1"),
    ]  # fmt: skip
    seen = [(0, 3, 0, 0), (3.4, 3, 1, 0), (3.5, 3, 1, 5), (15.6, 3, 1, 25), (22.1, 3, 1, 0), (22.7, 3, 0, 0)]
    detail = (
        "1.3.2 serves 100 % again, after 0.8 s. No request was lost.\n"
        "Last words of 1.4.0:  KeyError: 'currency'  (log: .twinrail/runs/latest/logs/production-1.4.0-1.log)"
    )
    readings = (
        Reading(name="errors of 1.4.0", value="3.1 % (37 of 1,204)", limit="≤ 1 %", ok=False),
        Reading(name="errors of 1.3.2", value="0 % (0 of 1,187)"),
        Reading(name="p95 of 1.4.0", value="188 ms", limit="≤ 400 ms", ok=True),
    )
    return told(
        started(),
        checked(),
        staged(),
        gated(63.4),
        took(
            "production", 63.4, 30.9, "turned back: 1.4.0 answered 500 on 37 of 1,204 requests at 25 %", "failed",
            exit_code=20, detail=detail, readings=readings, again="nox -s staging -- --release 1.4.0",
        ),
        rolled("production", 71.0, moves, seen),
        took("notify", 94.4, 0.1, "log, webhook"),
        at(94.6, RunEnded(exit_code=20)),
    )  # fmt: skip


def waiting() -> Story:
    """The release is in staging; production waits for a second approval."""
    headline = "waits for a second approval, until 2026-11-23 20:16 UTC"
    again = "nox -s production -- --approve production"
    return told(
        started(),
        checked(),
        staged(),
        gated(63.4)[:3],
        took("production", 63.4, 0.2, headline, "waiting", exit_code=75, again=again),
        took("notify", 63.7, 0.1, "log"),
        at(63.9, RunEnded(exit_code=75)),
    )


def under_way() -> Story:
    """The release is on its way into staging; production is still to come."""
    moves = [(0.4, f"bring {WHEEL}"), (3.1, "start 1.4.0 × 1"), (0.2, "shift 1.4.0 50 %")]
    seen = [(0, 2, 0, 0), (3.5, 2, 1, 0), (3.7, 2, 1, 50)]
    return told(
        started(),
        checked(),
        at(23.4, SessionStarted(session="staging")),
        rolled("staging", 23.9, moves, seen),
        at(28.0, Progress(session="staging", text="rolling 1 of 2")),
    )
