"""Every way that a release can take: the strategies with their options, and what each of them promises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakes import FakeLedger, FakeTarget, Killed, Life, place_with, release, rollout
from hypothesis import strategies as st

from twinrail.deploy.interface import Answer, Open, Passage, Strategy
from twinrail.deploy.moves import Rule, Stage
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.strategies.ab import AB
from twinrail.deploy.strategies.back import Back
from twinrail.deploy.strategies.blue_green import BlueGreen
from twinrail.deploy.strategies.canary import Canary
from twinrail.deploy.strategies.rolling import Rolling

PASSED = Open(note="5 passed")
ALWAYS = Rule(kind="header", name="X-Canary", value="always")
GROUP = Rule(kind="cookie", name="group", value="b")
WAYS: Mapping[str, Strategy] = {
    "rolling": Rolling(pause=1.0, bake=1.0),
    "rolling by two": Rolling(surge=2, unavailable=1),
    "rolling without room": Rolling(surge=0, unavailable=1, pause=1.0),
    "rolling in place": Rolling(pause=1.0, bake=1.0, in_place=True),
    "rolling in place by two": Rolling(surge=2, unavailable=1, in_place=True),
    "blue-green": BlueGreen(bake=1.0),
    "blue-green, standby": BlueGreen(standby=True),
    "canary": Canary(weights=(5.0, 50.0), hold=1.0, bake=1.0, preview=(ALWAYS, GROUP)),
    "canary without a preview": Canary(weights=(25.0, 60.0, 75.0), hold=0.0),
    "ab by cookie": AB(by="cookie", bake=1.0),
    "ab by hash": AB(by="hash", share=20.0),
    "ab by header": AB(rule=ALWAYS),
    "ab by a cookie of the application": AB(rule=GROUP, bake=1.0),
}
FOUR = ("rolling", "blue-green", "canary", "ab by cookie")
"""The strategies, each once."""
IN_PLACE = "rolling in place"
"""What becomes of the first of them where the place itself replaces instances."""
ROOMLESS = "rolling without room"
"""The way that needs two replicas at least."""


def bounds(way: Strategy, replicas: int) -> dict[str, int]:
    """The fewest instances that a strategy promises to serve, and the most that it lets run."""
    if isinstance(way, Rolling) and way.in_place and way.surge:
        return {"fewest": replicas, "room": replicas + 1 + min(way.surge, replicas)}
    if isinstance(way, Rolling):
        fewest = max(replicas - way.unavailable, 1)
        return {"fewest": fewest, "room": replicas + min(way.surge, replicas)}
    return {"fewest": replicas, "room": 2 * replicas}


@st.composite
def ways(draw: st.DrawFn, replicas: int) -> Strategy:
    """Any strategy with any options that make sense with so many replicas."""
    bake = draw(st.sampled_from([0.0, 1.2]))
    rules = st.sampled_from([(), (ALWAYS,), (GROUP,), (ALWAYS, GROUP)])
    weights = st.lists(st.floats(0.5, 99.5), max_size=4, unique=True).map(sorted).map(tuple)
    unavailable = st.integers(0, replicas + 1)
    return draw(
        st.one_of(
            unavailable.flatmap(
                lambda missing: st.builds(
                    Rolling,
                    surge=st.integers(0 if min(missing, replicas - 1) else 1, replicas),
                    unavailable=st.just(missing),
                    pause=st.sampled_from([0.0, 0.7]),
                    bake=st.just(bake),
                    in_place=st.booleans(),
                )
            ),
            st.builds(BlueGreen, standby=st.booleans(), bake=st.just(bake)),
            st.builds(Canary, weights=weights, hold=st.sampled_from([0.0, 2.0]), preview=rules, bake=st.just(bake)),
            st.builds(
                AB,
                by=st.sampled_from(["cookie", "hash"]),
                rule=st.sampled_from([None, ALWAYS, GROUP]),
                share=st.floats(1.0, 99.0),
                bake=st.just(bake),
            ),
        )
    )


@dataclass(frozen=True)
class AlwaysGate:
    """A gate that says the same whenever it is asked."""

    name: str = "smoke"
    answer: Answer = PASSED

    def ask(self, _: Release) -> Answer:
        return self.answer


def everywhere(answer: Answer = PASSED) -> Callable[[Passage], tuple[AlwaysGate, ...]]:
    """A gate with that answer, asked wherever a rollout holds."""
    return lambda _: (AlwaysGate(answer=answer),)


def at(stage: Stage, answer: Answer) -> Callable[[Passage], tuple[AlwaysGate, ...]]:
    """A gate with that answer at one stage, and with open ones at the others."""
    return lambda passage: (AlwaysGate(answer=answer if passage.stage == stage else PASSED),)


@dataclass
class Scene:
    """A place with its ledger, in the hands of a deployer."""

    place: FakeTarget
    ledger: FakeLedger
    replicas: int

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """A short word for Hypothesis."""
        printer.text(f"Scene({self.place.instances}, replicas={self.replicas}, {self.ledger.kinds})")

    def rollout(self, way: Strategy, **more: Any) -> Rollout:
        """The rollout by that way; every gate on it is open, unless others are named."""
        name = more.pop("name", type(way).__name__.lower())
        usual = {"gates": everywhere(), "replicas": self.replicas, "ledger": self.ledger}
        return rollout(self.place, strategy=way, name=name, **usual | more)

    def back(self, **more: Any) -> Rollout:
        """The way back to a release that was live before, for which no gate is asked."""
        return self.rollout(Back(bake=1.0), name="rollback", rollback=True, **{"gates": (), **more})

    def twin(self, ends: int = 0) -> "Scene":
        """The same once more, in the hands of a deployer that is killed at the instant `ends`; 0: at none."""
        life = Life(ends=ends)
        place = self.place.twin(life)
        return Scene(place, self.ledger.twin(life), self.replicas)

    def whole(self, live: str) -> bool:
        """Whether that release serves alone with all it needs, and nothing is left over of any other."""
        place = self.place
        alone = ({live: self.replicas}, {live: 100.0}) if live else ({}, {})
        return (place.instances, place.shares) == alone and self.tidy

    @property
    def tidy(self) -> bool:
        """Whether nothing is on its way up or down, nobody is told apart, and nobody holds the lease."""
        place = self.place
        return not (place.rising or place.going or place.steering.release or self.ledger.holder)

    @property
    def shown(self) -> tuple[Any, ...]:
        """All that the place shows, to be compared."""
        place = self.place
        return place.instances, place.shares, place.steering, place.rising, place.going


def scene(*versions: str, way: Strategy = Rolling(), replicas: int = 1) -> Scene:  # noqa: B008  # frozen
    """A place to which these versions were deployed one after the other."""
    made = Scene(place_with(""), FakeLedger(), replicas)
    for version in versions:
        made.rollout(way).run(release(version))
        made.place.established = True
    return made.twin()


def killed(before: Scene, instant: int, act: Callable[[Scene], object]) -> Scene:
    """What a deployer leaves that did so and was killed at that instant."""
    dying = before.twin(instant)
    try:
        act(dying)
    except Killed:
        return dying.twin()
    raise AssertionError(f"it outlived instant {instant}: {dying.place.life}")


def instants(before: Scene, act: Callable[[Scene], object]) -> int:
    """How many instants a deployer lives that does so."""
    living = before.twin()
    act(living)
    return living.place.life.lived
