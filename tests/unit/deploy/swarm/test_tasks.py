"""What tasks of a swarm say, and who is asked."""

from told import service, task

from twinrail.deploy.targets.swarm.services import read_sets
from twinrail.deploy.targets.swarm.tasks import speaking


def asked(*told):
    """The numbers of the tasks that are asked, in the order in which they are told."""
    (each,) = read_sets([service()], told, 8000)
    return [int(one.id.removeprefix("task-")) for one in speaking(each.services[0].tasks)]


def test_who_speaks_last():
    """The one that failed, though another one took its place since; of several the youngest."""
    assert [3, 1, 2] == asked(task(1, state="failed"), task(2, state="complete"), task(3, state="starting"))
    assert [1, 2] == asked(task(1), task(2))


def test_no_more_than_eight():
    """Those that failed before those that did not, however old they are."""
    assert [*range(5, 12), 1] == asked(task(1, state="failed"), *map(task, range(2, 12)))
