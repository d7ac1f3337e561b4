"""Options of a rollout that each make sense and together do not, or that belong to another strategy."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from twinrail.project.environments import Environment
from twinrail.project.strategies import OPTIONS, Analysis, Strategy

Key = tuple[str | int, ...]


def rollout_contradictions(environment: Environment) -> Iterator[tuple[Key, str]]:
    """Each contradiction as the key below the environment and what is wrong with it."""
    strategy = environment.strategy
    for option, text in (*_foreign(strategy), *_numbers(strategy, environment.replicas), *_texts(strategy)):
        yield ("strategy", option), text
    if isinstance(environment.analysis, Analysis):
        for option, text in _analysis(environment.analysis, strategy):
            yield ("analysis", option), text


def _foreign(strategy: Strategy) -> Iterator[tuple[str, str]]:
    """The options that are set and belong to another strategy."""
    others = {name: options for name, options in OPTIONS.items() if name != strategy.name in OPTIONS}
    for owner, options in others.items():
        for option in options:
            if getattr(strategy, option) != getattr(Strategy(), option):
                yield option, f'It is an option of "{owner}", and the strategy is "{strategy.name}".'


def _numbers(strategy: Strategy, replicas: int) -> Iterator[tuple[str, str]]:
    if strategy.surge > replicas:
        yield "surge", f"{strategy.surge} is more than the {replicas} replicas there are to replace."
    if strategy.unavailable and strategy.unavailable >= replicas:
        yield "unavailable", f"{strategy.unavailable} of {replicas} replicas missing would leave nobody."
    elif not strategy.surge and not strategy.unavailable:
        yield "surge", "With surge 0 and unavailable 0 there is no first step: allow one more, or one less."
    if any(after <= before for before, after in pairwise(strategy.weights)):
        yield "weights", "Each share must be larger than the one before: the new release gains traffic step by step."
    if not strategy.weights:
        yield "weights", "Without a share on the way it is no canary."
    if not 0 < strategy.share < 1:
        yield "share", "Both releases must get some people: more than 0 % and less than 100 %."


def _texts(strategy: Strategy) -> Iterator[tuple[str, str]]:
    wanted = {"header": (strategy.header, ":"), "cookie": (strategy.cookie, "=")}
    if strategy.name == "ab":
        wanted["match"] = (strategy.match, ":" if strategy.by == "header" else "=")
        if strategy.by == "header" and not strategy.match:
            yield "match", 'To split people by a header, say which:  match = "X-Group: b"'
        if strategy.by == "hash" and strategy.match:
            yield "match", 'Nothing is matched where a hash of the address decides; by = "header" or "cookie" would.'
    for option, (text, sign) in wanted.items():
        name, found, value = text.partition(sign)
        if text and not (name.strip() and found and value.strip()):
            example = "X-Group: b" if sign == ":" else "group=b"
            yield option, f'"{text}" names no value: it reads like "{example}".'
    if strategy.until and not _moment(strategy.until):
        yield "until", f'"{strategy.until}" is not a date and time, such as "2026-12-01T09:00:00+01:00".'


def _analysis(analysis: Analysis, strategy: Strategy) -> Iterator[tuple[str, str]]:
    if analysis.traffic == "live" and strategy.name in {"rolling", "blue-green"}:
        yield "traffic", f"With {strategy.name} there is no time in which people meet both: canary and ab have one."
    if analysis.prometheus and analysis.traffic == "probe":
        yield "prometheus", 'It is asked for people\'s traffic: traffic = "live".'
    if not analysis.routes:
        yield "routes", "Without a route there is nothing to compare."


def _moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
