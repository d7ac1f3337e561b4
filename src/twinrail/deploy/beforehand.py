"""What is asked before a release sets out, under the lease: nothing at the place changes unless every gate is open."""

from collections.abc import Sequence

from twinrail.deploy.gates.refusal import refusal
from twinrail.deploy.interface import Answer, Gate, Open, Shut, Wait
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.release import Release
from twinrail.system.errors import TwinrailError, Waiting


def ask_before(gates: Sequence[Gate], release: Release, book: Logbook) -> None:
    """Nothing, when all gates are open for the release; what each said is written down.

    Raises:
        Superseded: something newer is live.
        TurnedBack: another gate is shut, or cannot be asked.
        Waiting: one cannot say yet.
    """
    for gate in gates:
        answer = _ask(gate, release)
        book.asked(gate.name, answer, release.name)
        match answer:
            case Open():
                pass
            case Shut():
                raise refusal(release, book.environment, answer)
            case Wait():
                raise Waiting(f"{release.version} waits for {gate.name} ({answer.note})", todo=answer.todo)


def _ask(gate: Gate, release: Release) -> Answer:
    try:
        return gate.ask(release)
    except TwinrailError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever keeps a gate from answering shuts it
        return Shut(note=f"{gate.name} cannot be asked: {type(error).__name__}: {error}")
