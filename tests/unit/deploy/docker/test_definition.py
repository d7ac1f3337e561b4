"""What a service of a compose file asks of `docker create`, as either Compose resolves it."""

import pytest

from twinrail.deploy.targets.docker.definition import (
    Names,
    command,
    entrypoint,
    environment,
    named_volumes,
    networks,
    options,
    plain,
    secrets,
)
from twinrail.deploy.targets.docker.lost import unknown

NAMES = Names(networks={"default": "shop_default"}, volumes={"uploads": "shop_uploads"})
PLAIN = [
    "--memory=512m", "--pids-limit=256", "--restart=unless-stopped", "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true", "--tmpfs=/tmp:rw,noexec,nosuid,size=64m", "--read-only", "--init",
]  # fmt: skip


def asked(said, user="10001"):
    return options(said, NAMES, user=user)


def test_nothing_said():
    """What says nothing is hardened; where not even the image says who runs it, it is nobody."""
    assert PLAIN == asked({})
    assert ["--user=10001:10001", *PLAIN] == asked({}, user="")


def test_what_is_said_counts():
    """The compose file may ask for less, and for more."""
    said = {"read_only": False, "cap_drop": [], "cap_add": ["NET_BIND_SERVICE"], "security_opt": [], "mem_limit": "1g",
            "deploy": {"resources": {"limits": {"memory": "64M", "pids": 9, "cpus": "0.5"}}}, "user": "7",
            "init": False, "restart": "no"}  # fmt: skip
    wanted = ["--user=7", "--memory=1g", "--cpus=0.5", "--pids-limit=9", "--restart=no", "--cap-add=NET_BIND_SERVICE"]
    assert wanted == asked(said)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"volumes": ["uploads:/data:rw"]}, "--volume=shop_uploads:/data:rw"),
        ({"volumes": ["/srv/conf:/conf:ro"]}, "--volume=/srv/conf:/conf:ro"),
        ({"volumes": ["/data"]}, "--volume=/data"),
        ({"volumes": [{"type": "volume", "source": "uploads", "target": "/data"}]},
         "--mount=type=volume,source=shop_uploads,target=/data"),
        ({"volumes": [{"type": "bind", "source": "/srv", "target": "/conf", "read_only": True}]},
         "--mount=type=bind,source=/srv,target=/conf,readonly"),
        ({"ulimits": {"nofile": {"soft": 1, "hard": 2}}}, "--ulimit=nofile=1:2"),
        ({"ulimits": {"nproc": 5}}, "--ulimit=nproc=5"),
        ({"healthcheck": {"test": ["CMD", "true", "a b"]}}, "--health-cmd=true 'a b'"),
        ({"healthcheck": {"test": "exit 0", "interval": "5s"}}, "--health-interval=5s"),
        ({"healthcheck": {"disable": True}}, "--no-healthcheck"),
        ({"healthcheck": {"test": ["NONE"]}}, "--no-healthcheck"),
        ({"logging": {"driver": "local", "options": {"max-size": "5m"}}}, "--log-opt=max-size=5m"),
        ({"labels": {"team": "a"}}, "--label=team=a"),
        ({"labels": ["team=a"]}, "--label=team=a"),
        ({"sysctls": {"net.core.somaxconn": 9}}, "--sysctl=net.core.somaxconn=9"),
        ({"extra_hosts": {"db": "10.0.0.1"}}, "--add-host=db:10.0.0.1"),
        ({"tmpfs": "/tmp"}, "--tmpfs=/tmp"),
    ],
)  # fmt: skip
def test_each_word(said, wanted):
    """Each key becomes the option that means the same."""
    assert wanted in asked(said)


def test_own_tmp():
    """Who has a /tmp of their own gets no second one."""
    for said in ({"tmpfs": ["/tmp:size=1m"]}, {"volumes": ["uploads:/tmp"]}):
        assert "--tmpfs=/tmp:rw,noexec,nosuid,size=64m" not in asked(said)


def test_what_would_get_lost():
    """A key that no instance would have is named; one that is the rollout's own is not, nor an extension."""
    said = {"image": "x", "ports": ["80:80"], "x-note": 1, "network_mode": "host", "gpus": "all",
            "deploy": {"resources": {"limits": {"memory": "1m", "devices": []}}}}  # fmt: skip
    assert ["network_mode", "gpus", "deploy.resources.limits.devices"] == unknown(said)


def test_program_and_variables():
    """Dollars are written twice in what Compose resolved; what has no value comes from whoever deploys."""
    resolved = {"command": "serve --name 'a $$b'", "entrypoint": ["run"], "environment": {"A": "$$w", "B": None}}
    said = plain(resolved | {"tmpfs": ["/a$$"]})
    assert ["/a$"] == said["tmpfs"]
    assert ["serve", "--name", "a $b"] == command(said)
    assert (["run"], []) == (entrypoint(said), entrypoint({"entrypoint": None}))
    assert {"A": "$w", "B": None} == environment(said)
    assert {"A": "1", "B": None} == environment({"environment": ["A=1", "B"]})
    assert {"A": "true", "B": "5"} == environment({"environment": {"A": True, "B": 5}})


def test_where_it_stands():
    """Networks and volumes by the file's names; secrets by theirs below /run/secrets."""
    said = {"networks": {"front": None, "back": None}, "volumes": ["uploads:/a", "/srv:/b", "/c"],
            "secrets": ["pw", {"source": "key", "target": "/run/secrets/tls"}]}  # fmt: skip
    assert (("front", "back"), ("default",)) == (networks(said), networks({}))
    assert ("uploads",) == named_volumes(said)
    assert {"pw": "pw", "tls": "key"} == secrets(said)


def test_what_would_get_lost_inside():
    """Also what stands within a network, a volume, a secret or the healthcheck; what Compose adds itself does not."""
    said = {
        "networks": {"back": {"aliases": ["db"]}, "front": None},
        "volumes": [
            {"type": "volume", "source": "d", "target": "/d", "volume": {"nocopy": True}},
            {"type": "bind", "source": "/a", "target": "/b", "bind": {"create_host_path": True}},
            "e:/e",
        ],
        "secrets": ["plain", {"source": "key", "mode": 0o400}],
        "healthcheck": {"test": ["CMD", "x"], "start_interval": "1s"},
    }
    lost = ["networks.back.aliases", "volumes.0.volume.nocopy", "secrets.1.mode", "healthcheck.start_interval"]
    assert lost == unknown(said)


def test_volumes_and_configs_that_would_get_lost():
    """A volume without a name goes with its instance; a config needs a folder that nothing else is mounted on."""
    said = {
        "volumes": ["/cache", {"type": "volume", "target": "/more"}, {"type": "tmpfs", "target": "/memory"}, "d:/d"],
        "configs": ["plain", {"source": "a", "target": "/etc/shop/a.toml"}, {"source": "b", "target": "/d/b.toml"},
                    {"source": "c", "target": "/tmp/c", "mode": 0o440}],
    }  # fmt: skip
    lost = ["volumes.0", "volumes.1", "configs.3.mode", "configs.0", "configs.2", "configs.3"]
    assert lost == unknown(said)


def test_a_folder_that_is_made():
    """Where Compose would make the folder of a bind mount, the engine does; a file system in memory has its size."""
    bind = {"type": "bind", "source": "/a", "target": "/b", "read_only": True, "bind": {"create_host_path": True}}
    memory = {"type": "tmpfs", "target": "/m", "tmpfs": {"size": 1024}}
    words = options({"volumes": [bind, memory]}, Names(networks={}, volumes={}), user="1")
    assert ["--volume=/a:/b:ro", "--mount=type=tmpfs,tmpfs-size=1024,target=/m"] == words[-2:]
