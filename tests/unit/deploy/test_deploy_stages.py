"""The sessions that deploy, as far as they come without a place: what is off, what waits, what a project says."""

import pytest
from fakes import release

from twinrail.deploy import stages
from twinrail.deploy.admission import admit
from twinrail.deploy.checks.latency import Latency
from twinrail.deploy.checks.route import Route
from twinrail.deploy.checks.status import Status
from twinrail.deploy.checks.version import Version
from twinrail.deploy.down import down
from twinrail.deploy.environments import checks_of, folder_of, open_place, port_of, service_of
from twinrail.deploy.gates.performance import PerformanceGate
from twinrail.deploy.gates.suite import SuiteGate
from twinrail.deploy.interface import Passage
from twinrail.deploy.launch import rollout_of
from twinrail.deploy.places import places
from twinrail.deploy.status import status
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.project.environments import Approval, Environment, Performance, Strategy
from twinrail.project.settings import Service
from twinrail.report.events import GateAsked
from twinrail.system.errors import ProjectError

SCRIPT = '[project.scripts]\nshopfront = "shopfront:main"\n'


def test_off_without_environment(work):
    """A stage whose environment the settings do not name is off, and says which table would turn it on."""
    outcomes = [stages.staging(work()), stages.production(work())]
    names = ["staging", "production"]
    assert [("off", f"no [tool.twinrail.environments.{name}]") for name in names] == [
        (each.state, each.headline) for each in outcomes
    ]


def test_e2e_off(work, tmp_path):
    """The session e2e is off without its tests, and without its environment."""
    assert "no folder tests/e2e" == stages.e2e(work(test=Environment())).headline
    (tmp_path / "tests" / "e2e").mkdir(parents=True)
    outcome = stages.e2e(work())
    assert ("off", "no [tool.twinrail.environments.test]") == (outcome.state, outcome.headline)


@pytest.mark.parametrize(
    ("approval", "says"), [(None, "nobody has agreed yet"), (Approval(approvers=2), "0 of 2 agreed")]
)
def test_production_waits(work, built, approval, says):
    """Production waits until somebody agrees, with exit code 75 and the command that goes on; nothing is done."""
    there = built(work(production=Environment(approval=approval)))
    outcome = stages.production(there)
    again = "nox -s production -- --approve production"
    assert ("waiting", 75) == (outcome.state, outcome.exit_code)
    assert f"waits for approval ({says}); go on with:  {again}" == outcome.headline
    (asked,) = [each for each in there.events if isinstance(each, GateAsked) and each.answer != "open"]
    assert ("production", "approval", "wait", says) == (asked.environment, asked.gate, asked.answer, asked.note)
    assert not (folder_of(there.project, "production", Environment()) / "journal.jsonl").exists()


@pytest.mark.parametrize(
    ("name", "approval", "asks"),
    [
        ("production", Approval(approvers=0), False),
        ("staging", None, False),
        ("staging", Approval(approvers=1), True),
    ],
)
def test_who_is_asked(work, name, approval, asks):
    """Production asks unless the settings say no, other environments ask if the settings say so."""
    there = work(**{name: Environment(approval=approval)})
    place = open_place(there, name, there.settings.environments[name], Service())
    assert asks is bool(admit(there, place, release()))


def test_agreement_on_the_command_line(work):
    """Who was agreed to on the command line does not wait, and the record says who agreed."""
    there = work(production=Environment())
    object.__setattr__(there, "approved", frozenset({"production"}))
    place = open_place(there, "production", Environment(), Service())
    assert None is admit(there, place, release())
    assert ["open", "open"] == [each.answer for each in there.events]
    assert there.events[-1].who


def test_nothing_was_built(work):
    """Without a built wheel there is nothing to deploy."""
    with pytest.raises(ProjectError, match="No wheel was built here"):
        stages.staging(work(staging=Environment()))


def test_release(work, built):
    """A release is the built wheel with its digest and commit, and what is locked for it."""
    there = built(work())
    found = stages.release_of(there)
    assert ("1.4.0", there.commit.id, there.artifacts.get("wheel").digest) == (
        found.version,
        found.commit,
        found.digest,
    )
    assert "" == found.requirements.read_text(encoding="utf-8")


def test_gates(work, tmp_path):
    """Smoke tests guard staging where there are some, a load guards whatever environment asks for one."""
    (tmp_path / "tests" / "smoke").mkdir(parents=True)
    loaded = Environment(performance=Performance())
    there = work(staging=loaded, production=loaded, test=Environment())
    passage = Passage(stage="arrived", old="", release="2.0-x", since=0.0)

    def gates(name, environment):
        return rollout_of(there, open_place(there, name, environment, Service()), release()).gates(passage)

    found = {name: [type(gate) for gate in gates(name, each)] for name, each in there.settings.environments.items()}
    expected = {"staging": [SuiteGate, PerformanceGate], "production": [PerformanceGate], "test": []}
    assert expected == found


def test_checks(work):
    """A started release is asked whether it is ready, how fast where that matters, its version, what people use."""

    def checks(environment=Environment(), **settings):  # noqa: B008  # frozen
        there = work(**settings)
        return checks_of(there, open_place(there, "staging", environment, Service()), release("2.0"))

    ready, version, page = Status("/readyz"), Version("/version", "2.0"), Route("/", missing=True)
    assert (ready, version, page) == checks()
    assert (ready, page) == checks(service=Service(version=""))
    quick = Service(version="", latency="400ms", watch=("/shop",))
    assert (ready, Latency("/readyz", 0.4), Route("/shop")) == checks(service=quick)
    assert (600_000_000, {}) == (
        checks(Environment(memory="600MB"))[-1].limit,
        checks(Environment(memory="1B"))[-1].weigh(),
    )


def test_service(work):
    """The service's program is what the settings say, else the project's only script."""
    said = Service(command=("serve", "--port", "{port}"))
    assert said == service_of(work(service=said))
    assert ("shopfront",) == service_of(work()).command


@pytest.mark.parametrize(("scripts", "count"), [("", 0), (f'{SCRIPT}other = "shopfront:other"\n', 2)])
def test_no_single_script(work, scripts, count):
    """Where there is not exactly one script, the error says how to name the program, before anything is done."""
    with pytest.raises(ProjectError, match=rf"\[project.scripts\] has {count} entries") as error:
        stages.staging(work(scripts=scripts, staging=Environment()))
    assert "command = [" in error.value.todo


def test_ports(tmp_path):
    """The three environments have ports of their own, the settings win, and one that is no more has none."""
    names = ("test", "staging", "production")
    assert [8431, 8432, 8433] == [port_of(tmp_path / name, Environment()) for name in names]
    assert 9000 == port_of(tmp_path / "test", Environment(port=9000))
    assert 0 == port_of(tmp_path / "demo", Environment())


def test_strategy(work):
    """A place's strategy is the one of the settings, with its options."""
    environment = Environment(strategy=Strategy(name="rolling", surge=3))
    assert Rolling(surge=3) == open_place(work(), "test", environment, Service()).strategy


def test_nothing_runs(work):
    """Where nothing was deployed, `down` has nothing to do and the status is empty."""
    there = work(staging=Environment())
    assert ("off", "nothing is running", []) == (down(there).state, down(there).headline, status(there))


def test_places(work):
    """Environments that stand on this machine are seen, in the settings or not, whatever program the project has."""
    there = work(scripts="", staging=Environment(replicas=3), production=Environment())
    for name in ("staging", "forgotten"):
        folder_of(there.project, name, Environment()).mkdir(parents=True)
    assert ["staging", "forgotten"] == [each.name for each in places(there)]
    shown = {each.environment: (each.release, each.instances, each.wanted, each.commit) for each in status(there)}
    assert {"staging": ("", 0, 3, ""), "forgotten": ("", 0, 1, "")} == shown
