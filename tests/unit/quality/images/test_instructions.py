"""The instructions of a Dockerfile are found with their lines, whatever stands between them."""

from twinrail.quality.images.checks.instructions import instructions_of, stages

TEXT = """\
# syntax=x

ARG A
FROM a \\
  # a comment

  AS build
run <<EOF cat \\
  >x
USER root
EOF
RUN a && \\
    b

ENV A=b \\
"""


def test_instructions():
    """Comments, empty lines, lines that go on, here-documents."""
    assert [
        (3, "ARG", "A"),
        (4, "FROM", "a AS build"),
        (8, "RUN", "<<EOF cat >x"),
        (12, "RUN", "a && b"),
        (15, "ENV", "A=b"),
    ] == [(each.line, each.keyword, each.rest) for each in instructions_of(TEXT)]


def test_another_escape():
    """Windows has backslashes in its paths; the first line may say what joins lines there."""
    text = "# escape=`\nRUN a `\n b\nCOPY x c:\\\nUSER u"
    assert ["a b", "x c:\\", "u"] == [each.rest for each in instructions_of(text)]


def test_nothing():
    """A text without instructions has none, and no stages."""
    assert () == instructions_of("") == instructions_of("# only\n\n") == stages(instructions_of("ARG A"))
