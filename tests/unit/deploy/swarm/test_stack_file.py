"""What `docker stack deploy` is given of a service."""

from dataclasses import replace

import pytest

from twinrail.deploy.targets.docker.launches import Part
from twinrail.deploy.targets.swarm.stack_file import Pace, Wanted, looked_at, stack_file, unknown

PART = Part(service="web", said={}, environment={}, networks=("shop_default",), volumes={}, files={})
WANTED = Wanted(
    name="web-3", part=PART, image="sha256:1", user="10001", replicas=2, labels={"twinrail.number": "3"},
    marks={"twinrail.release": "1.0"}, secrets={}, configs={}, pace=Pace(at_once=1, seconds=5.0, drain=2.5),
)  # fmt: skip


def made(said=None, *, user="10001", **more):
    """The service in the file, and the file."""
    part = replace(PART, said=said or {}, **{key: more.pop(key) for key in ("environment", "volumes") if key in more})
    file = stack_file([replace(WANTED, part=part, user=user, **more)])
    return file["services"]["web-3"], file


def test_nothing_said():
    """What says nothing is hardened, reached by its tasks, and replaced one at a time, watched and turned back."""
    service, file = made()
    assert {"net-0": {"external": True, "name": "shop_default"}} == file["networks"]
    assert {
        "image": "sha256:1",
        "labels": {"twinrail.release": "1.0"},
        "networks": ["net-0"],
        "cap_drop": ["ALL"],
        "read_only": True,
        "init": True,
        "stop_grace_period": "2.5s",
        "volumes": [{"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 64 * 2**20}}],
    } == {key: value for key, value in service.items() if key != "deploy"}
    deploy = service["deploy"]
    assert ("dnsrr", 2, {"twinrail.number": "3"}) == (deploy["endpoint_mode"], deploy["replicas"], deploy["labels"])
    assert {"limits": {"memory": "512m", "pids": 256}} == deploy["resources"]
    update = deploy["update_config"]
    assert ("start-first", "rollback", 1, "5s", "5s") == (
        update["order"], update["failure_action"], update["parallelism"], update["delay"], update["monitor"]
    )  # fmt: skip
    assert ("start-first", 0) == (deploy["rollback_config"]["order"], deploy["rollback_config"]["parallelism"])


@pytest.mark.parametrize(
    ("said", "key", "wanted"),
    [
        ({"user": "7"}, "user", "7"),
        ({"command": ["serve", "--price=$5"]}, "command", ["serve", "--price=$$5"]),
        ({"healthcheck": {"test": ["CMD", "ok"]}}, "healthcheck", {"test": ["CMD", "ok"]}),
        ({"labels": ["team=a"]}, "labels", {"team": "a", "twinrail.release": "1.0"}),
        ({"read_only": False, "volumes": ["data:/data", "/srv:/srv:ro", "/own"]}, "volumes", [
            {"type": "volume", "source": "shop_data", "target": "/data"},
            {"type": "bind", "source": "/srv", "target": "/srv", "read_only": True},
            {"type": "volume", "target": "/own"},
        ]),
        ({"read_only": False, "tmpfs": ["/run:size=1m", "/x"]}, "volumes", [
            {"type": "tmpfs", "target": "/run", "tmpfs": {"size": 2**20}}, {"type": "tmpfs", "target": "/x"},
        ]),
        ({"read_only": False, "volumes": [{"type": "volume", "source": "data", "target": "/d", "read_only": True}]},
         "volumes", [{"type": "volume", "source": "shop_data", "target": "/d", "read_only": True}]),
    ],
)  # fmt: skip
def test_each_key(said, key, wanted):
    """Each key as a stack file has it; a dollar is no beginning of a variable there."""
    assert wanted == made(said, volumes={"data": "shop_data"})[0][key]


def test_what_deploy_says():
    """Limits, places and restarts may be said there; how many there are, and how they are replaced, may not."""
    said = {"mem_limit": "1g", "cpus": 0.5, "deploy": {
        "replicas": 9, "placement": {"constraints": ["node.role == worker"]}, "restart_policy": {"condition": "none"},
        "resources": {"limits": {"pids": 9}, "reservations": {"memory": "64M"}},
    }}  # fmt: skip
    deploy = made(said)[0]["deploy"]
    assert {"constraints": ["node.role == worker"]} == deploy["placement"]
    assert ({"condition": "none"}, 2) == (deploy["restart_policy"], deploy["replicas"])
    wanted = {"limits": {"memory": "1g", "cpus": "0.5", "pids": 9}, "reservations": {"memory": "64M"}}
    assert wanted == deploy["resources"]


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        ("10001:7", {"mode": 0o400, "uid": "10001", "gid": "7"}),
        ("5", {"mode": 0o400, "uid": "5", "gid": "0"}),
        ("app", {"mode": 0o444}),
    ],
)
def test_secrets_and_configs(user, wanted):
    """A secret is for its user alone where that is known by number; all of them are there before the file is."""
    service, file = made(user=user, secrets={"key": "shop-key-1"}, configs={"/etc/motto": "shop-motto-1"})
    assert [{"source": "shop-key-1", "target": "key", **wanted}] == service["secrets"]
    assert [{"source": "shop-motto-1", "target": "/etc/motto"}] == service["configs"]
    assert {"shop-key-1": {"external": True, "name": "shop-key-1"}} == file["secrets"]
    assert ["shop-motto-1"] == list(file["configs"])


def test_nobody_says_who_runs_it():
    """Where neither the file nor the image says who, it is nobody."""
    assert "10001:10001" == made(user="")[0]["user"]


def test_what_would_get_lost():
    """What no service of a swarm has is named, no-new-privileges too; what is the rollout's own is not."""
    said = {"image": "x", "ports": ["80:80"], "restart": "always", "x-y": 1, "security_opt": ["a"], "privileged": True,
            "deploy": {"resources": {"limits": {"memory": "1m", "devices": []}}}}  # fmt: skip
    assert ["security_opt", "privileged", "deploy.resources.limits.devices"] == unknown(said)


@pytest.mark.parametrize(
    ("said", "own", "wanted"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"test": ["CMD", "ok"]}, False, True),
        ({"interval": "1s"}, True, True),
        ({"disable": True}, True, False),
        ({"test": ["NONE"]}, True, False),
    ],
)
def test_looked_at(said, own, wanted):
    """Somebody must say how health is seen, the file or the image."""
    assert wanted is looked_at({"healthcheck": said}, own=own)
