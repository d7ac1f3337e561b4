"""The variables that lead to a stack: what the settings say, with addresses and secrets filled in."""

import os
import re
from collections.abc import Mapping

from twinrail.deploy.development.stack import DevStack, open_stack
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import PlaceTaken, ProjectError, ToolError
from twinrail.system.github import on_github

_BLANK = re.compile(r"\{([^{}]+)\}")


def fill(text: str, known: Mapping[str, str]) -> str:
    """A text with each `{NAME}` filled in.

    Raises:
        KeyError: one of them is not known.
    """
    return _BLANK.sub(lambda found: known[found[1]], text)


def variables_of(stack: DevStack) -> dict[str, str]:
    """The variables that lead to a stack that runs.

    Raises:
        ProjectError: it does not run, or one of them names a port that is not published, or no secret.
        ToolError: the engine does not answer.
        PlaceTaken: the stack was started from another folder.
    """
    running = [each for each in stack.containers() if each.standing == "up"]
    if not running:
        raise ProjectError(f"{stack.name} is not up.", todo=f"Start it:  {again('dev', 'up', tool=False)}")
    known = {f"{each.service}:{port}": place for each in running for port, place in each.ports.items()}
    found = {}
    for name, text in stack.settings.variables.items():
        try:
            found[name] = fill(text, known | stack.secrets)
        except KeyError as unknown:
            raise ProjectError(
                f"{name} of [tool.twinrail.dev] variables asks for {{{unknown.args[0]}}}, which is not known.",
                why=f"Known: {', '.join(sorted((*known, *stack.secrets))) or 'nothing'}.",
                todo="Publish the port in compose.override.yaml, or name the secret in secrets.",
            ) from None
    return found


def variables(work: Work) -> dict[str, str]:
    """Those that lead to the stack of this folder and that nobody has set; none where it is not up."""
    stack = open_stack(work)
    wanted = [name for name in stack.settings.variables if name not in os.environ]
    # Nobody has ever started it from here: no engine is asked.
    if not wanted or on_github() or not stack.folder.is_dir():
        return {}
    try:
        found = variables_of(stack)
    except (ProjectError, ToolError, PlaceTaken):
        return {}
    return {name: found[name] for name in wanted}
