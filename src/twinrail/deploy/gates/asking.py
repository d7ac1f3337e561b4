"""What all gates have in common: one that cannot be asked is shut."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from twinrail.deploy.interface import Answer, Gate, Shut
from twinrail.deploy.release import Release
from twinrail.system.errors import Interrupted, TwinrailError

Asked = TypeVar("Asked", bound=Gate)


def or_shut(ask: Callable[[Asked, Release], Answer]) -> Callable[[Asked, Release], Answer]:
    """A gate's question that is answered by `Shut` where it fails: git is missing, a ledger cannot be read."""

    @wraps(ask)
    def guarded(gate: Asked, release: Release) -> Answer:
        try:
            return ask(gate, release)
        except Interrupted:
            raise
        except TwinrailError as error:
            return Shut(note=f"{gate.name} cannot be asked: {error.what}")
        except OSError as error:
            return Shut(note=f"{gate.name} cannot be asked: {error.strerror or error} ({error.filename or 'no file'}).")
        except (KeyError, TypeError, ValueError) as error:
            return Shut(note=f"{gate.name} cannot be asked: what is written there is no record of ours ({error!r}).")

    return guarded
