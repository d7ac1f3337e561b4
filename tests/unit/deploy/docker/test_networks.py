"""With what a network of a compose file is made where it is missing."""

from twinrail.deploy.targets.docker.networks import options


def test_nothing_said():
    """The engine's own driver; in a swarm one that reaches over all machines, and that the proxy can join."""
    assert ([], ["--driver=overlay", "--attachable"]) == (options({}, overlay=False), options({}, overlay=True))


def test_what_is_said_counts():
    """A network without a way out stays one."""
    said = {
        "driver": "bridge",
        "internal": True,
        "enable_ipv6": True,
        "driver_opts": {"encrypted": ""},
        "labels": ["a=b"],
        "ipam": {"driver": "default", "config": [{"subnet": "10.9.0.0/24", "ip_range": "10.9.0.0/25"}]},
    }
    rest = ["--internal", "--ipv6", "--opt=encrypted=", "--label=a=b", "--subnet=10.9.0.0/24", "--ip-range=10.9.0.0/25"]
    assert ["--driver=bridge", *rest] == options(said, overlay=False)
    assert ["--driver=overlay", "--attachable", *rest] == options(said, overlay=True)
