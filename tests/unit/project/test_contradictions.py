"""Settings that each make sense and together do not."""

from twinrail.project.contradictions import contradictions
from twinrail.project.environments import Environment, Performance, Strategy
from twinrail.project.settings import Settings


def found(**environments):
    return contradictions(Settings(environments=environments))


def test_none():
    """Settings that fit together have none: ports that differ or are left open, a surge as large as the replicas."""
    performance = Performance(duration="10s", p95="10s")
    staging = Environment(replicas=2, strategy=Strategy(surge=2), performance=performance, variables={"A": "1"})

    assert [] == contradictions(Settings())
    assert [] == found(test=Environment(), staging=staging, production=Environment(port=8500, secrets=("B",)))


def test_ports():
    """One port serves one environment: each that shares one is named."""
    assert [("environments", "staging", "port"), ("environments", "production", "port")] == [
        key for key, _ in found(staging=Environment(port=1), test=Environment(), production=Environment(port=1))
    ]


def test_all_of_one_environment():
    """All contradictions of an environment are told at once, each at the key to change."""
    broken = Environment(
        strategy=Strategy(surge=2),
        performance=Performance(duration="1s", p95="2s"),
        variables={"TOKEN": "x", "OTHER": "y"},
        secrets=("TOKEN",),
    )

    assert [
        (
            ("environments", "staging", "variables", "TOKEN"),
            '"TOKEN" is a secret too: it is either written here or taken from the environment.',
        ),
        (("environments", "staging", "strategy", "surge"), "2 is more than the 1 replicas there are to replace."),
        (
            ("environments", "staging", "performance", "p95"),
            "It is longer than the load lasts, so it could never be missed.",
        ),
    ] == found(staging=broken)
