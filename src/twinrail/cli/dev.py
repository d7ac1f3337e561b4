"""`twinrail dev`: the stack for development. What changes it is a session; what asks it is answered here."""

import shlex
from collections.abc import Mapping
from dataclasses import replace

from rich.text import Text

from twinrail.cli.asking import open_work, print_json, print_lines
from twinrail.cli.execute import execute
from twinrail.cli.words import Words
from twinrail.deploy.development.containers import Container
from twinrail.deploy.development.stack import named, open_stack
from twinrail.deploy.development.variables import variables_of
from twinrail.project.development import Dev
from twinrail.session.images import newest_image
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ToolError, UsageError
from twinrail.system.shell import Shell

_TAKES: Mapping[str, frozenset[str]] = {
    "up": frozenset({"build"}),
    "down": frozenset({"volumes"}),
    "logs": frozenset({"follow"}),
}
"""The flags of each action."""
_ABOUT_SOME = frozenset({"restart", "logs"})
"""The actions that can be about some services."""
_LINES = 100
"""So many last lines of each service are shown."""


def dev(words: Words) -> int:
    """Does what the words ask; the exit code.

    Raises:
        UsageError: they do not belong together.
    """
    _check(words)
    match words.action:
        case "logs":
            return _logs(words)
        case "ps":
            return _ps(words)
        case "env":
            return _env(words)
        case _:
            code = execute(words)
            if words.action == "up" and not code and not words.json:
                _tell(open_work(words))
            return code


def _check(words: Words) -> None:
    if wrong := sorted(words.flags - _TAKES.get(words.action, frozenset())):
        raise UsageError(f"dev {words.action} has no --{wrong[0]}.")
    if words.services and words.action not in _ABOUT_SOME:
        raise UsageError(f"dev {words.action} is about all services: {' '.join(words.services)} is too much.")


def _ps(words: Words) -> int:
    stack = open_stack(open_work(words))
    there = stack.containers()
    if words.json:
        print_json([_as_json(each) for each in there])
    else:
        print_lines(table(there, stack.settings.service) if there else [Text(f"Nothing of {stack.name} is running.")])
    return 0


def _as_json(container: Container) -> dict[str, object]:
    return {
        "service": container.service,
        "standing": container.standing,
        "status": container.status,
        "health": container.health,
        "ports": dict(container.ports),
        "container": container.id[:12],
    }


def table(there: tuple[Container, ...], web: str) -> list[Text]:
    """The services, a line each: name, how it is, where it is reached; `web` is the one that a browser asks."""
    width, wide = max(len(each.service) for each in there), max(len(each.words) for each in there)
    colours = {"up": "green", "done": "dim", "waits": "yellow", "failed": "red"}
    return [
        Text.assemble(
            (f"  {each.service:<{width}}   ", "bold"),
            (f"{each.words:<{wide}}   ", colours[each.standing]),
            " · ".join(
                f"http://{place}" if each.service == web else f"{place} ({port})" for port, place in each.ports.items()
            ),
        )
        for each in there
    ]


def _logs(words: Words) -> int:
    work = open_work(words)
    stack = open_stack(replace(work, shell=Shell(say=_said)))
    names = [stack.known(each) for each in words.services]
    follow = ["--follow"] if "follow" in words.flags else []
    done = stack.compose("logs", "--no-color", f"--tail={_LINES}", *follow, *names)
    if done.returncode:
        raise ToolError(f"Compose ended with {done.returncode}: {done.command}", why=done.tail)
    return 0


def _said(line: str) -> None:
    # The command that is run is no part of what was said.
    if not line.startswith("$ "):
        print(line, flush=True)


def _env(words: Words) -> int:
    found = variables_of(open_stack(open_work(words)))
    if words.json:
        print_json(found)
    else:
        for name, value in found.items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


def _tell(work: Work) -> None:
    stack = open_stack(work)
    there = stack.containers()
    ours = any(named(each.image) == stack.image for each in there)
    built = newest_image(work) if ours else None
    older = built.commit if built and built.commit != work.commit.id else ""
    print_lines([Text(), *table(there, stack.settings.service), Text(), *next_steps(stack.settings, ours, older)])


def next_steps(settings: Dev, ours: bool, older: str) -> list[Text]:
    """What can be done with a stack that is up.

    Args:
        settings: those of the stack.
        ours: whether it runs the project's image.
        older: the commit that this was built from, where it is not the one that is checked out.
    """
    steps = {"What they say": again("dev", "logs", tool=False)}
    if settings.variables:
        steps |= {"Tests on it": again("integration")}
    if ours:
        steps |= {"After an edit": again("dev", "restart", tool=False)}
    if older:
        steps |= {"A new image": f"{again('dev', 'up', '--build', tool=False)}   (it is of {older[:7]})"}
    steps |= {"All ends": again("dev", "down", tool=False)}
    width = max(map(len, steps))
    return [Text.assemble((f"  {name:<{width}}   ", "dim"), command) for name, command in steps.items()]
