"""`twinrail dev`: what belongs together, and what is told of a stack; programs of two lines stand for real ones."""

import json

import pytest

from twinrail.cli.dev import next_steps, table
from twinrail.cli.main import main
from twinrail.deploy.development.containers import Container
from twinrail.project.development import Dev

PYPROJECT = """\
[project]
name = "shop"
version = "1"
[tool.twinrail.dev]
secrets = ["DB_PASSWORD"]
variables = { TEST_URL = "postgresql://shop:{DB_PASSWORD}@{db:5432}/shop" }
"""
DOCKER = """\
#!/bin/sh
case "$1" in
ps) cat {folder}/ids ;;
container) cat {folder}/containers ;;
*) echo "docker: '$1' is not a docker command." >&2; exit 1 ;;
esac
"""
COMPOSE = """\
#!/bin/sh
case "$*" in
*version*) echo 1.29.2 ;;
*config*) echo 'services: {{db: {{image: postgres}}}}' ;;
*) echo "db_1 | $DB_PASSWORD is the password" ;;
esac
"""
THERE = {
    "Id": "4f" * 32,
    "State": {"Status": "running", "Health": {"Status": "healthy"}},
    "Config": {"Labels": {"com.docker.compose.service": "db"}},
    "NetworkSettings": {"Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}]}},
}


@pytest.fixture
def dev(tmp_path, write, monkeypatch):
    """Says `twinrail dev WORDS` where a stack of a database is up."""
    write("pyproject.toml", PYPROJECT)
    write("compose.yaml", "services: {db: {image: postgres}}\n")
    write("ids", THERE["Id"])
    write("containers", json.dumps([THERE]))
    for name, text in (("docker", DOCKER), ("docker-compose", COMPOSE)):
        write(f"bin/{name}", text.format(folder=tmp_path)).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("DB_PASSWORD", "it's")
    return lambda *words: main(["dev", *words, "--project", str(tmp_path)])


def test_ps(dev, write, capsys):
    """A line a service, and the same for a program; nothing that runs is said, too."""
    assert 0 == dev("ps")
    assert "db   healthy   127.0.0.1:32768 (5432)" == capsys.readouterr().out.strip()
    assert 0 == dev("ps", "--json")
    [told] = json.loads(capsys.readouterr().out)
    assert ("db", "up", {"5432": "127.0.0.1:32768"}) == (told["service"], told["standing"], told["ports"])
    write("ids", "")
    assert 0 == dev("ps")
    assert "Nothing of shop-dev is running." == capsys.readouterr().out.strip()


def test_env(dev, capsys):
    """For a shell, in whatever signs a value has; and as JSON."""
    assert 0 == dev("env")
    assert """export TEST_URL='postgresql://shop:it'"'"'s@127.0.0.1:32768/shop'\n""" == capsys.readouterr().out
    assert 0 == dev("env", "--json")
    assert {"TEST_URL": "postgresql://shop:it's@127.0.0.1:32768/shop"} == json.loads(capsys.readouterr().out)


def test_logs(dev, capsys):
    """What services say, without the command that asks for it, and without a secret."""
    assert 0 == dev("logs", "db")
    assert "db_1 | *** is the password\n" == capsys.readouterr().out
    assert 4 == dev("logs", "dbb")
    assert 'no service "dbb" in compose.yaml. Did you mean "db"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("up", "--volumes"), "dev up has no --volumes."),
        (("ps", "--follow"), "dev ps has no --follow."),
        (("down", "db"), "dev down is about all services: db is too much."),
    ],
)
def test_what_does_not_belong_together(dev, capsys, words, says):
    """A flag of another action, or a service where all are meant, is a matter of usage."""
    assert 2 == dev(*words)
    assert says in capsys.readouterr().err


def test_up_without_an_engine(dev, write, capsys):
    """The class of the error is the exit code; nothing is recorded as a run that failed for another reason."""
    silent = "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///x.' >&2\nexit 1\n"
    write("bin/docker", silent)
    assert 5 == dev("up")
    assert "The container engine does not answer." in capsys.readouterr().err


def test_table():
    """The service that a browser asks has an address for it; others tell which of their ports is meant."""
    there = (
        Container(id="1", service="db", status="running", health="starting", ports={"5432": "127.0.0.1:1"}),
        Container(id="2", service="web", status="running", ports={"8000": "127.0.0.1:8000"}),
    )
    lines = [each.plain.rstrip() for each in table(there, "web")]
    assert ["  db    starting   127.0.0.1:1 (5432)", "  web   running    http://127.0.0.1:8000"] == lines


def test_next_steps(monkeypatch):
    """What leads on, as this was called; of an image of another commit it is told how a new one is made."""
    monkeypatch.setenv("TWINRAIL_CALLED", "nox")
    shortest = [each.plain for each in next_steps(Dev(), ours=False, older="")]
    assert ["  What they say   nox -s dev -- logs", "  All ends        nox -s dev -- down"] == shortest
    longest = [each.plain for each in next_steps(Dev(variables={"A": "b"}), ours=True, older="c0ffee0ffee")]
    assert [
        "  What they say   nox -s dev -- logs",
        "  Tests on it     nox -s integration",
        "  After an edit   nox -s dev -- restart",
        "  A new image     nox -s dev -- up --build   (it is of c0ffee0)",
        "  All ends        nox -s dev -- down",
    ] == longest
