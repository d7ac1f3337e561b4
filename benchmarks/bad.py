"""Bad releases: what each does wrong, what must be said of it, and how much of it people may notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

HOST = "shop.example"
"""The name under which people reach the service."""
PAUSE = 0.1
"""Seconds between two questions of a person, so that a bound of failed requests means a time."""
PEOPLE = 4
"""How many ask: at most `PEOPLE / PAUSE` = 40 requests a second, whatever the machine."""

NONE = 0
"""The release meets nobody: not one request may fail."""
SOON = 200
"""The release fails amid the traffic. Two looks, half a second apart, find it; then the old one is seen to be whole and
the routes are changed: two seconds on a quiet machine, five on a busy one, at 40 requests a second."""

FAT, LEFT = 8_000_000, 2_000_000
"""How large a wheel is that does not fit on the disk, and how much of that is left, in bytes."""
FULL = "No space left on device|File too large"
"""What the system says of a disk that is full; a process that may write no large file hears the other."""

Trouble = Literal["", "port", "disk", "wheel", "image"]


@dataclass(frozen=True, kw_only=True)
class Grain:
    """How finely it is measured: by counts and short times, or as it would be.

    Attributes:
        start: how long an instance may take until it is healthy.
        bake: how long a release is watched with all traffic; `hold` with a part of it.
        fails: when a release begins to fail, by its mood; `dies`, when it dies.
        memory: how much memory it may hold.
        slow: how many seconds more each answer of a slow release takes.
    """

    start: str
    bake: str
    hold: str
    fails: Mapping[str, object]
    dies: Mapping[str, object]
    memory: str
    slow: float


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A bad release.

    Attributes:
        name: what it does.
        mood: the same, as the service knows it.
        cause: the words that its one line must hold, the first of what is said.
        last_words: the words that its last words must hold, where they are what names the cause.
        exit_code: how the deploy ends.
        bound: how many requests of people may fail, from the fault until they are back on the old release.
        options: settings of the environment that find it.
        trouble: what is wrong with the place, not with the release.
        left: where the disk is full, how many bytes of it are left.
    """

    name: str
    mood: Mapping[str, object]
    cause: str
    last_words: str = ""
    exit_code: int = 20
    bound: int = NONE
    options: Mapping[str, Any] = field(default_factory=dict)
    trouble: Trouble = ""
    left: int = 0


def bad_releases(grain: Grain, pace: float = 0.15) -> tuple[Bad, ...]:
    """All of them; one holds more memory every `pace` seconds."""
    return (
        Bad(name="never starts", mood={"name": "dies at start"}, cause="cannot open the database"),
        Bad(name="crash loop", mood={"name": "dies after a while", **grain.dies}, cause=" ended",
            last_words="KeyError: 'currency'", bound=SOON),
        Bad(name="slow start", mood={"name": "never healthy", "seconds": 120}, cause="was not healthy after"),
        Bad(name="fails after a while", mood={"name": "fails after a while", **grain.fails},
            cause="/ with 500", bound=SOON),
        Bad(name="one of two fails", mood={"name": "fails after a while", "alone": True, **grain.fails},
            cause="/ with 500", bound=SOON),
        Bad(name="fails at the front page", mood={"name": "fails at the front page"}, cause="/ with 500"),
        Bad(name="wrong host", mood={"name": "knows no host", "host": HOST}, cause="/ with 400"),
        Bad(name="memory grows", mood={"name": "grows", "seconds": pace}, cause="memory",
            options={"memory": grain.memory}),
        Bad(name="ten times slower", mood={"name": "slow answers", "seconds": grain.slow}, cause="times as long",
            options={"analysis": {}}),
        Bad(name="wrong version", mood={"name": "names another version"}, cause="/version with"),
        Bad(name="port clash", mood={"name": "wants a port"}, cause="cannot listen on ", trouble="port"),
        Bad(name="disk full", mood={"name": "well", "payload": FAT}, cause=FULL, exit_code=23, trouble="disk",
            left=LEFT),
        Bad(name="disk full to the last byte", mood={"name": "well"}, cause=FULL, exit_code=6, trouble="disk"),
        Bad(name="artifact missing", mood={"name": "well"}, cause="No such file", exit_code=23, trouble="wheel"),
    )  # fmt: skip


def bad_images(grain: Grain) -> tuple[Bad, ...]:
    """Those that an engine's containers can be: no port and no disk of this machine is theirs.

    An engine takes two seconds to tell how much memory they hold, and ends who holds more than 512 MB.
    """
    missing = Bad(name="image missing", mood={"name": "well"}, cause="is not there", exit_code=23, trouble="image")
    return (*(_seen_otherwise(each) for each in bad_releases(grain, 0.6) if not each.trouble), missing)


def _seen_otherwise(bad: Bad) -> Bad:
    # A swarm ends by itself whoever is not healthy, and what has ended answers nothing meanwhile.
    causes = {"crash loop": " ended| with 502", "slow start": "was not healthy after|its healthcheck ended with"}
    return replace(bad, cause=causes.get(bad.name, bad.cause))


def strategy(name: str, grain: Grain) -> dict[str, object]:
    """The settings of a strategy, so that each has a time in which it is watched."""
    own: dict[str, dict[str, object]] = {
        "rolling": {"pause": grain.hold},
        "blue-green": {},
        "canary": {"weights": [20.0, 50.0], "hold": grain.hold},
        "ab": {"share": "50%"},
    }
    return {"name": name, "bake": grain.bake, **own[name]}
