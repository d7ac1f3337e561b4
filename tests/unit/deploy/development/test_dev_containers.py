"""What an engine's words about a container mean."""

import pytest

from twinrail.deploy.development.containers import Container, lacking, read_container


def container(service="web", status="running", **more):
    return Container(id=service, service=service, status=status, ports={}, **more)


@pytest.mark.parametrize(
    ("status", "more", "standing", "words"),
    [
        ("running", {}, "up", "running"),
        ("running", {"health": "healthy"}, "up", "healthy"),
        ("running", {"health": "starting"}, "waits", "starting"),
        ("running", {"health": "unhealthy"}, "failed", "unhealthy"),
        ("exited", {}, "done", "exited with 0"),
        ("exited", {"code": 137}, "failed", "exited with 137"),
        ("dead", {"code": 1}, "failed", "dead"),
        ("created", {}, "waits", "created"),
        ("restarting", {"restarts": 2}, "waits", "restarting"),
        ("restarting", {"restarts": 3}, "failed", "restarting"),
    ],
)
def test_standing(status, more, standing, words):
    """Who runs and is not asked is up; who began anew too often, ended badly or is unhealthy has failed."""
    found = container(status=status, **more)
    assert (standing, words) == (found.standing, found.words)


def test_what_is_to_be_waited_for():
    """Service by service, those that are not there yet too; one that has done its work is none of them."""
    there = [container("db", health="starting"), container("web"), container("seed", status="exited")]
    assert ["db starting", "queue not there"] == lacking(("db", "queue", "seed", "web"), there)


def test_out_of_what_an_engine_tells():
    """Ports as this machine reaches them, of each the first place; who has no health check has no health."""
    told = {
        "Id": "4f",
        "RestartCount": 1,
        "State": {"Status": "running", "ExitCode": 0, "Health": {"Status": "none"}},
        "Config": {"Labels": {"com.docker.compose.service": "db", "com.docker.compose.project.working_dir": "/shop"}},
        "NetworkSettings": {
            "Ports": {
                "5432/tcp": [{"HostIp": "0.0.0.0", "HostPort": "1"}, {"HostIp": "::", "HostPort": "2"}],
                "53/udp": [{"HostIp": "10.0.0.5", "HostPort": "53"}],
                "80/tcp": None,
            }
        },
    }
    expected = Container(
        id="4f", service="db", status="running", restarts=1, ports={"5432": "127.0.0.1:1", "53/udp": "10.0.0.5:53"},
        folder="/shop",
    )  # fmt: skip
    assert expected == read_container(told)
