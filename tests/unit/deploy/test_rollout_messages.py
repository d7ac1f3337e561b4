"""What is said of a rollout that does not arrive: every message to the letter, with its exit code."""

import contextlib

import pytest
from fakes import NEW, FakeClock, FakeLedger, Fault, release
from messages import said
from test_rollout_contract import contract, failed
from test_rollout_paused import experiment
from test_watch import Health
from ways import WAYS, at, scene

from golden_files import check
from twinrail.deploy.gates.freshness import Stale
from twinrail.deploy.interface import Shut, Wait
from twinrail.deploy.strategies.canary import Canary
from twinrail.system.errors import Interrupted, PlaceTaken, TwinrailError

SHUT = Shut(note="1 failed, 4 passed")
WAIT = Wait(note="312 of 1,000 requests", todo="twinrail resume staging")


def deploy(there, version="2.0", way="canary", **more):
    there.rollout(WAYS[way], **more).run(release(version))


def with_faults(*faults, way="canary", versions=("1.0",), **more):
    there = scene(*versions, replicas=2)
    there.place.faults = faults
    deploy(there, way=way, **more)


def ill(after, way="canary", **more):
    clock = FakeClock()
    deploy(scene("1.0", replicas=2), way=way, clock=clock, checks=(Health(clock, clock.now() + after),), **more)


def dies():
    there, clock = scene("1.0", replicas=2), FakeClock()
    clock.due[clock.now() + 0.4] = lambda: there.place.fall(NEW)
    deploy(there, clock=clock, way="blue-green")


def full(entry):
    there = scene("1.0", replicas=2)
    there.ledger.full = len(there.ledger.entries) + entry
    deploy(there)


def full_at_the_end(gates):
    there = scene("1.0", replicas=2)
    living = there.twin()
    with contextlib.suppress(TwinrailError):
        living.rollout(Canary(), gates=gates).run(release("2.0"))
    there.ledger.full = len(living.ledger.entries)
    there.rollout(Canary(), gates=gates).run(release("2.0"))


class Locked(FakeLedger):
    """A ledger that somebody keeps locked once a release serves all traffic."""

    def append(self, kind, facts, *, fence):
        if kind in {"live", "paused"}:
            raise PlaceTaken("The ledger of staging has been locked for more than 10 s.")
        return super().append(kind, facts, fence=fence)


def locked_at_the_end(gates):
    there = scene("1.0", replicas=2)
    there.rollout(Canary(), gates=gates, ledger=Locked(list(there.ledger.entries))).run(release("2.0"))


def overtaken():
    there = scene("1.0", replicas=2)
    there.place.after_each = lambda number: setattr(there.ledger, "holder", "") if number == 4 else None
    deploy(there)


def back_again(**more):
    there = scene("1.0", "2.0", replicas=2)
    there.back(**more).run(release("1.0"))


def died(kind):
    there = scene("1.0", replicas=2)
    there.place.faults = (Fault(at=5), Fault(at=6))
    with pytest.raises(TwinrailError):
        deploy(there)
    there = there.twin()
    if kind == "resume":
        there.rollout(Canary()).resume()
    there.place.faults = (Fault(at=1),)
    deploy(there, "3.0")


class _Step:
    stage = "step"


def contract_fails(error=None):
    there = scene("1.0", replicas=2)
    there.place.after_each = lambda _: _broken(error) if there.place.asked[-1].startswith("contract") else None
    contract(WAYS["blue-green"], there)


def _broken(error=None):
    raise error or OSError(5, "Input/output error", "shop.db")


def across():
    there = scene("1.0", replicas=2)
    contract(WAYS["blue-green"], there)
    there.back().run(release("1.0"))


ERRORS = {
    "a move fails": lambda: with_faults(Fault(at=5)),
    "a move fails before anything changed": lambda: with_faults(Fault(at=1)),
    "a move fails, of the first release": lambda: with_faults(Fault(at=4), versions=()),
    "a move fails, of the release that is live": lambda: with_faults(Fault(at=3), versions=("2.0",)),
    "the disk is full": lambda: with_faults(Fault(at=5, error=lambda _: OSError(28, "No space left", "routes.yml"))),
    "something that nobody thought of": lambda: with_faults(Fault(at=5, error=lambda _: KeyError("weights"))),
    "Ctrl-C": lambda: with_faults(Fault(at=5, error=lambda _: Interrupted("Interrupted while 2.0-1 was starting."))),
    "the way back fails too": lambda: with_faults(Fault(at=5), Fault(at=7)),
    "Ctrl-C on the way back": lambda: with_faults(
        Fault(at=5), Fault(at=6, error=lambda _: Interrupted("Interrupted while 1.0-1 was starting."))
    ),
    "an earlier way back is made": lambda: died("resume"),
    "an earlier way back fails again": lambda: died("deploy"),
    "a gate is shut": lambda: deploy(scene("1.0"), gates=at("arrived", SHUT)),
    "a gate is shut, last words": lambda: deploy(
        scene("1.0"), gates=at("step", SHUT), last_words=lambda _: ["Listening", "", "KeyError: 'currency'"]
    ),
    "a gate is shut before": lambda: deploy(scene("1.0"), before=at("step", SHUT)(_Step)),
    "a newer one is live": lambda: deploy(
        scene("1.0"), before=at("step", Stale(note="2.0 is superseded: 3.0, which is live", todo="Nothing."))(_Step)
    ),
    "a gate waits before": lambda: deploy(scene("1.0"), before=at("step", WAIT)(_Step)),
    "a gate waits": lambda: deploy(scene("1.0"), gates=at("step", WAIT)),
    "an experiment runs": lambda: deploy(
        scene("1.0"), way="ab by cookie", gates=experiment(FakeClock(), until="2026-06-01T09:00:00+02:00")
    ),
    "an experiment runs until somebody ends it": lambda: deploy(
        scene("1.0"), way="ab by cookie", gates=experiment(FakeClock(), until="")
    ),
    "it falls ill at a weight": lambda: ill(0.4),
    "it falls ill when all people use it": lambda: ill(2.6),
    "it never does well": lambda: ill(0.0),
    "an instance ends by itself": dies,
    "nothing can be written down from the first": lambda: full(1),
    "nothing can be written down in the middle": lambda: full(12),
    "that it is live cannot be written down": lambda: full_at_the_end(()),
    "that it waits cannot be written down": lambda: full_at_the_end(at("step", WAIT)),
    "the journal is locked when it is live": lambda: locked_at_the_end(()),
    "the journal is locked when it waits": lambda: locked_at_the_end(at("step", WAIT)),
    "the lease has passed to another": overtaken,
    "the way back to an earlier release falls ill": lambda: back_again(
        clock=(clock := FakeClock()), checks=(Health(clock, clock.now() + 0.3),)
    ),
    "the contraction fails": contract_fails,
    "Ctrl-C in the contraction": lambda: contract_fails(Interrupted("Interrupted while running shop.")),
    "the contraction comes too early": lambda: contract(WAYS["canary"], scene("1.0", "2.0")),
    "another release after a contraction that failed": lambda: deploy(failed(), "3.0"),
    "back across a contraction": across,
}
"""Each by what happened."""


def test_messages(tmp_path):
    """Each says what happened, what serves now or what stands in the way, and what to do; none is a traceback."""
    texts = []
    for title, attempt in ERRORS.items():
        with pytest.raises(TwinrailError) as error:
            attempt()
        texts.append(f"{title}\n{said(error.value, tmp_path)}")
    check("deploy/rollout/messages.txt", "".join(texts))
