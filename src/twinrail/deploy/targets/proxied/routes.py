"""Traefik's dynamic configuration: shares among healthy instances, people told apart, and ways past the weights."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from twinrail.deploy.moves import Rule, Steer
from twinrail.deploy.targets.proxied.backend import Backend

RELEASE, INSTANCE, NUMBER = "X-Twinrail-Release", "X-Twinrail-Instance", "X-Twinrail-Routes"
"""Headers that lead past the weights: to a release, to one instance, to the number of the routes."""

# Whoever asks for a way past the weights that is not there must not be answered by what is live.
_ORDINARY = " && ".join(f"!HeaderRegexp(`{name}`, `.`)" for name in (RELEASE, INSTANCE, NUMBER))


def routes(
    number: int,
    instances: Sequence[Backend],
    shares: Mapping[str, float],
    steering: Steer | None = None,
    *,
    logged: bool = False,
) -> dict[str, Any]:
    """Traefik's routers and services.

    Args:
        number: the number of these routes, for which a router answers.
        instances: all that may be reached; traffic goes to the healthy ones.
        shares: the share of traffic of each release, in percent.
        steering: how people are told apart beside the shares.
        logged: whether people's requests stand in the access log as long as they meet two releases.
    """
    steer = steering or Steer()
    healthy = [each for each in instances if each.healthy]
    releases = sorted({each.release for each in healthy})
    services: dict[str, Any] = {
        **{name: _balance([each for each in healthy if each.release == name]) for name in releases},
        **{f"fresh-{name}": _balance(each) for name, each in _fresh(healthy).items()},
        **{f"instance-{each.name}": _balance([each]) for each in instances},
    }
    people: dict[str, Any] = {}
    if steer.release in releases:
        for place, rule in enumerate(steer.rules, 1):
            people[f"steer-{place}"] = _router(f"{_meant(rule)} && {_ORDINARY}", steer.release, 50)
    if weights := _weights(releases, shares):
        services["live"] = _dealt(weights, steer)
        people["live"] = _router(f"PathPrefix(`/`) && {_ORDINARY}", "live", 1)
    # A log of all that people ever ask would grow without an end: only what is compared stands in it.
    compared = logged and (len(weights) > 1 or "steer-1" in people)
    routers = _past(number, instances, releases) | (people if compared else _unlogged(people))
    return {"routers": routers} | ({"services": services} if services else {})


def _past(number: int, instances: Sequence[Backend], releases: list[str]) -> dict[str, Any]:
    """The ways past the weights; of those only the ones to a release are compared, and logged."""
    looks = {
        "number": _router(f"Header(`{NUMBER}`, `{number}`)", "ping@internal", 1000),
        **{
            f"past-{each.name}": _router(f"Header(`{INSTANCE}`, `{each.name}`)", f"instance-{each.name}", 200)
            for each in instances
        },
    }
    fresh = _fresh([each for each in instances if each.healthy])
    asked = {
        f"past-{name}": _router(f"Header(`{RELEASE}`, `{name}`)", f"fresh-{name}" if name in fresh else name, 100)
        for name in releases
    }
    return _unlogged(looks) | asked


def _fresh(healthy: Sequence[Backend]) -> dict[str, list[Backend]]:
    """Of releases that run with several settings those with the youngest's: it is they that are to be checked."""
    youngest = {each.release: each.settings for each in healthy}
    stale = {each.release for each in healthy if each.settings != youngest[each.release]}
    return {
        name: [each for each in healthy if each.release == name and each.settings == youngest[name]] for name in stale
    }


def _unlogged(routers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {**router, "observability": {"accessLogs": False}} for name, router in routers.items()}


def _weights(releases: list[str], shares: Mapping[str, float]) -> list[dict[str, Any]]:
    # Weights are whole numbers there: a hundredth of a percent each. Who is left shares what the dead ones had.
    given = sum(shares.get(name, 0.0) for name in releases)
    return [{"name": name, "weight": round(10_000 * shares[name] / given)} for name in releases if shares.get(name)]


def _dealt(weights: list[dict[str, Any]], steer: Steer) -> dict[str, Any]:
    if steer.hashed:
        return {"highestRandomWeight": {"services": weights}}
    sticky = {"sticky": {"cookie": {"name": steer.sticky, "httpOnly": True}}} if steer.sticky else {}
    return {"weighted": {"services": weights, **sticky}}


def _meant(rule: Rule) -> str:
    if rule.kind == "header":
        return f"Header(`{rule.name}`, `{rule.value}`)"
    return f"HeaderRegexp(`Cookie`, `(^|; *){re.escape(rule.name)}={re.escape(rule.value)}(;|$)`)"


def _balance(instances: Sequence[Backend]) -> dict[str, Any]:
    even = len({each.weight for each in instances}) == 1
    servers = [{"url": each.url} | ({} if even else {"weight": each.weight}) for each in instances]
    return {"loadBalancer": {"servers": servers}}


def _router(rule: str, service: str, priority: int) -> dict[str, Any]:
    return {"rule": rule, "service": service, "priority": priority, "entryPoints": ["web"]}
