"""Settings are read from a file and from the command line, and know where they come from."""

import pytest

from twinrail.project.decode import DEFAULT, Configuration, Source, decode, read_document
from twinrail.project.environments import Performance
from twinrail.project.settings import Settings
from twinrail.system.errors import ProjectError, SettingsError

SAMPLE = """\
[project]
name = "shopfront"

[tool.twinrail.test]
coverage = 90

[tool.twinrail.environments.staging]
strategy = "rolling"
replicas = 2
performance = { users = 20, duration = "30s", p95 = "400ms", errors = "1%" }

[tool.twinrail.environments.production]
approval = true
variables.GREETING = "Grüß dich"
"""


@pytest.fixture
def document(write):
    return read_document(write("pyproject.toml", SAMPLE))


def refused(document, *overrides):
    """What is said of settings that are refused."""
    with pytest.raises(SettingsError) as caught:
        decode(document, overrides)
    return [str(each) for each in caught.value.mistakes]


def test_nothing_set(write):
    """A project without a table of ours has the defaults, and so has one whose file is empty."""
    for text in ("", "[tool]\n", "[tool.ruff]\nline-length = 100\n"):
        assert Configuration(Settings(), {}) == decode(read_document(write("pyproject.toml", text)))


def test_values(document):
    """Durations are seconds, shares are parts of one, a name stands for a table, true for one with its defaults."""
    environments = decode(document).settings.environments

    assert ["staging", "production"] == list(environments)
    assert "rolling" == environments["staging"].strategy.name
    assert Performance(users=20, duration="30s", p95="400ms", errors="1%") == environments["staging"].performance
    assert 0.4 == environments["staging"].performance.p95
    assert 1 == environments["production"].approval.approvers
    assert {"GREETING": "Grüß dich"} == environments["production"].variables


def test_sources(document):
    """A setting comes from a line of the file, from the command line, or is the default."""
    found = decode(document, ("test.coverage=95", "environments.staging.performance={users=5}", "record.keep=3"))

    assert Source("command line") == found.source(("test", "coverage"))
    assert Source("pyproject.toml", 9) == found.source(("environments", "staging", "replicas"))
    assert Source("command line") == found.source(("environments", "staging", "performance", "users"))
    assert DEFAULT == found.source(("environments", "staging", "performance", "duration"))
    assert DEFAULT == found.source(("environments", "staging", "port"))
    assert DEFAULT == found.source(("record",))
    assert ["pyproject.toml:9", "command line", "default"] == [
        str(found.source(key))
        for key in (("environments", "staging", "replicas"), ("record", "keep"), ("lint", "paths"))
    ]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("service.version=", ""),
        ("service.version=/v", "/v"),
        ('service.version="/v"', "/v"),
        ("service.version=a b = c", "a b = c"),
    ],
)
def test_override_text(document, word, value):
    """A word of the command line is TOML where it reads as TOML, else the text itself."""
    assert value == decode(document, (word,)).settings.service.version


def test_override_leaves_the_document_alone(document):
    """The same document decodes to the file's settings once more."""
    decode(document, ("test.coverage=95",))

    assert 90 == decode(document).settings.test.coverage


def test_override_replaces_a_table(document):
    """A whole table may be given; what the file said inside it is gone."""
    found = decode(document, ('environments.staging={replicas = 5, target = "process"}',))

    assert 5 == found.settings.environments["staging"].replicas
    assert found.settings.environments["staging"].performance is None


def test_mistakes_of_the_command_line(document):
    """What is wrong on the command line is said of `--set`, and not of a line of the file."""
    words = ("environments.staging.replicas=three", "test={covrage=1}", "suite.address-variable=X")

    assert [
        '--set  tool.twinrail.environments.staging.replicas\n  "three" is not a whole number of at least 1.',
        '--set  tool.twinrail.suite\n  "suite" is not a setting here. Did you mean "suites"?',
        '--set  tool.twinrail.test.covrage\n  "covrage" is not a setting here. Did you mean "coverage"?',
    ] == refused(document, *words)


def test_mistake_of_the_file_beside_an_override(write):
    """What is wrong in the file is said of the file, though a neighbour was overridden."""
    document = read_document(write("pyproject.toml", "[tool.twinrail.tset]\ncoverage = 1\n"))

    assert ['pyproject.toml:1:16  tool.twinrail.tset\n  "tset" is not a setting here. Did you mean "test"?'] == refused(
        document, "tset.coverage=2"
    )


@pytest.mark.parametrize("word", ["environments.staging.strategy.surge=2", "test.coverage.branch=true"])
def test_override_inside_a_value(document, word):
    """Nothing can be set inside what is no table."""
    key = word.partition("=")[0]

    assert [f"--set  {key}\n  There is no table to set it in."] == refused(document, word)


def test_override_without_value(document):
    """A word without `=` is refused."""
    assert ["--set  test.coverage\n  It is not KEY=VALUE, such as test.coverage=80."] == refused(
        document, "test.coverage"
    )


def test_contradiction_of_both(document):
    """A contradiction between file and command line is said of the one whose key it is."""
    word = 'environments.staging.strategy={name = "rolling", surge = 3}'

    [said] = refused(document, word)
    assert said.startswith("--set  tool.twinrail.environments.staging.strategy.surge\n  3 is more than the 2 replicas")


def test_no_file(tmp_path):
    """Where there is no pyproject.toml, the message says where it was looked for and what to do."""
    with pytest.raises(ProjectError) as caught:
        read_document(tmp_path / "pyproject.toml")

    assert f"There is no pyproject.toml in {tmp_path}." == caught.value.what
    assert caught.value.todo


def test_not_a_file(tmp_path):
    """A folder of that name is no crash."""
    (tmp_path / "pyproject.toml").mkdir()

    with pytest.raises(ProjectError, match=r"pyproject\.toml cannot be read: Is a directory\."):
        read_document(tmp_path / "pyproject.toml")
