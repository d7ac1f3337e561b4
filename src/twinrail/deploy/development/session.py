"""dev: the stack of the compose file, up, down, or restarted."""

from collections.abc import Callable, Mapping

from twinrail.deploy.development.image import provide
from twinrail.deploy.development.secrets import forget
from twinrail.deploy.development.stack import DevStack, open_stack
from twinrail.deploy.development.waiting import Trouble, await_healthy
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.units import show_count


def dev(work: Work) -> Outcome:
    """What the words ask of the stack, done."""
    actions: Mapping[str, Callable[[Work, DevStack], Outcome]] = {"up": up, "down": down, "restart": restart}
    return actions[work.action](work, open_stack(work))


def up(work: Work, stack: DevStack) -> Outcome:
    """All services run and are healthy: those the project needs first, then the database's changes, then its own."""
    before = _running(stack)
    provide(work, stack)
    if stack.backing and (trouble := _bring(work, stack, stack.backing)):
        return _in_trouble(stack, trouble)
    if work.settings.service.migrate:
        work.progress("migrating")
        if trouble := _migrate(work, stack):
            return _in_trouble(stack, trouble)
    if trouble := _bring(work, stack, tuple(stack.services)):
        return _in_trouble(stack, trouble)
    changed = "" if _running(stack) - before else ", as before"
    return passed(f"{show_count(len(stack.services), 'service')} of {stack.name} up{changed}")


def down(work: Work, stack: DevStack) -> Outcome:
    """No container and no network of it is left; its volumes are, unless they are to go too."""
    there = stack.containers()
    everything = "volumes" in work.flags
    if not there and not everything:
        return off("nothing is running")
    # Without it a compose file that has lost a service would leave that one behind.
    stack.change("down", "--remove-orphans", *(["--volumes"] if everything else []))
    if everything:
        forget(stack.folder)
    kept = "its volumes are gone" if everything else "its volumes stay"
    return passed(f"{show_count(len(there), 'container')} of {stack.name} down, {kept}")


def restart(work: Work, stack: DevStack) -> Outcome:
    """The services, or all that run the project, have begun anew and are healthy."""
    if not stack.containers():
        return off(f"nothing is running; start it:  {again('dev', 'up', tool=False)}")
    names = tuple(stack.known(each) for each in work.services) or stack.own
    stack.change("restart", *names)
    if trouble := await_healthy(work, stack, names):
        return _in_trouble(stack, trouble)
    return passed(f"{', '.join(names)} restarted")


def _bring(work: Work, stack: DevStack, services: tuple[str, ...]) -> Trouble | None:
    work.progress(f"starting {', '.join(services)}")
    stack.change("up", "--detach", *services)
    return await_healthy(work, stack, services)


def _migrate(work: Work, stack: DevStack) -> Trouble | None:
    program, *words = work.settings.service.migrate
    service = stack.known(stack.settings.service)
    done = stack.compose("run", "--rm", "--no-deps", "-T", f"--entrypoint={program}", service, *words)
    return Trouble(what=f"{program} ended with {done.returncode}", lines=done.tail) if done.returncode else None


def _in_trouble(stack: DevStack, trouble: Trouble) -> Outcome:
    logs = f"Its log:  {again('dev', 'logs', tool=False)}"
    return failed(f"{stack.name}: {trouble.what}", detail="\n".join([*trouble.lines.splitlines(), logs]))


def _running(stack: DevStack) -> set[str]:
    return {each.id for each in stack.containers() if each.status == "running"}
