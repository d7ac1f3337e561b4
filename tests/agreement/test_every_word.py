"""No word and no line of the YAML is without a check: each is changed, or taken out, and something is found."""

from collections.abc import Iterator, Sequence

import pytest
import yaml

from agreement.checks import CHECKS, real
from agreement.checks.files import IDENTITY, LOADER, PYTHON, Files

SLOW = ("conditions", "until", "cancelled")
ORDER = sorted(CHECKS, key=SLOW.__contains__)
MADE = ("identity_made", "identity")
"""What holds python-identity.yml against python.yml: it finds all that differs, and says nothing of what both say."""
NAMES = [*real().workflows, *real().actions, *real().examples]
SHOWN = (("name",), ("description",), ("jobs", "*", "name"), ("runs", "steps", "*", "name"))
"""What is only shown to people: no check knows how a thing is called best."""

Path = tuple[str, ...]


def found(files: Files, order: Sequence[str]) -> bool:
    """Whether any of the checks finds anything; one that cannot go on has found something, too."""
    for name in order:
        try:
            if CHECKS[name](files):
                return True
        except Exception:  # noqa: BLE001  # a test that fails with an error is red
            return True
    return False


def words(node: yaml.Node, path: Path = ()) -> Iterator[tuple[Path, yaml.Node]]:
    """Every scalar of a document, keys too, and where it stands."""
    match node:
        case yaml.MappingNode(value=pairs):
            for key, value in pairs:
                yield (*path, "a key"), key
                yield from words(value, (*path, key.value))
        case yaml.SequenceNode(value=items):
            for each in items:
                yield from words(each, (*path, "*"))
        case _:
            yield path, node


def longer(text: str, node: yaml.Node) -> str:
    """A text with one letter more in one of its scalars."""
    end = node.end_mark.index
    end -= node.style in {"'", '"'}
    end = len(text[:end].rstrip()) if node.style in {"|", ">"} else end
    return f"{text[:end]}x{text[end:]}"


def shown(path: Path) -> bool:
    """Whether a scalar is only shown."""
    alike = (("jobs", "*", *path[2:]) if path[:1] == ("jobs",) else path) if len(path) == 3 else path
    return alike in SHOWN


def checks_of(name: str) -> Sequence[str]:
    """The checks that are asked of a file, those first that are quick with it."""
    if name == IDENTITY:
        return [*MADE, *(each for each in ORDER if each not in MADE)]
    return [each for each in ORDER if name != PYTHON or each not in MADE]


@pytest.mark.parametrize("name", NAMES)
def test_no_word_can_be_another(name):
    """A letter more in any key or value is noticed, but in what is only shown."""
    text, order = real().texts[name], checks_of(name)
    kept = []
    for path, node in words(yaml.compose(text, Loader=LOADER)):
        if not shown(path) and not found(real().but(name, longer(text, node)), order):
            kept.append((node.start_mark.line + 1, ".".join(path), node.value))
    assert [] == kept


@pytest.mark.parametrize("name", NAMES)
def test_no_line_can_go(name):
    """Any line that is taken out is missed; comments are for people."""
    lines = real().texts[name].splitlines(keepends=True)
    said = [number for number, line in enumerate(lines) if line.strip() and not line.strip().startswith("#")]
    order = checks_of(name)
    kept = [lines[at] for at in said if not found(real().but(name, "".join([*lines[:at], *lines[at + 1 :]])), order)]
    assert [] == kept
