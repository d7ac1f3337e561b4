"""The settings of the target compose that make no sense together, and the address that follows from them."""

import pytest

from twinrail.project.compose import Compose
from twinrail.project.contradictions import contradictions
from twinrail.project.environments import Environment
from twinrail.project.settings import Settings


def keys(environment):
    return [".".join(map(str, key[2:])) for key, _ in contradictions(Settings(environments={"staging": environment}))]


@pytest.mark.parametrize(
    ("compose", "wanted"),
    [
        (Compose(), []),
        (Compose(services=()), ["compose.services"]),
        (Compose(services=("web", "web")), ["compose.services"]),
        (Compose(host="ssh://me@shop.example"), ["compose.listen"]),
        (Compose(host="ssh://me@shop.example", listen="0.0.0.0"), []),
        (Compose(host="ssh://me@127.0.0.1:2222"), []),
    ],
)
def test_together(compose, wanted):
    """Nothing to roll, a service twice, an address that nobody else would reach."""
    assert wanted == keys(Environment(target="compose", compose=compose))


def test_table_that_nobody_reads():
    """The targets compose and swarm read it; another one has no stack."""
    assert [] == keys(Environment(target="swarm", compose=Compose(port=80)))
    assert ["target"] == keys(Environment(compose=Compose(port=80)))


@pytest.mark.parametrize(
    ("compose", "wanted"),
    [
        (Compose(), "127.0.0.1"),
        (Compose(listen="10.0.0.5"), "10.0.0.5"),
        (Compose(listen="0.0.0.0"), "127.0.0.1"),
        (Compose(host="ssh://me@shop.example:2222", listen="0.0.0.0"), "shop.example"),
        (Compose(host="ssh://me@shop.example", listen="10.0.0.5"), "10.0.0.5"),
    ],
)
def test_where_people_are_met(compose, wanted):
    """Where the proxy listens, or the machine that it listens on."""
    assert wanted == compose.public
