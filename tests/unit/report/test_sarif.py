"""Findings as SARIF, as GitHub's code scanning demands it."""

import pytest

from twinrail.report.events import Finding
from twinrail.report.sarif import Judged, sarif

ONE = Finding(file="src/a b.py", line=7, title="B102", text="Use of exec detected.")


def document(*findings, prefix="", tool="bandit"):
    return sarif([Judged(tool=tool, version="1.9.4", findings=findings)], name="parcel", prefix=prefix)


def results(found):
    return found["runs"][0]["results"]


def test_the_document_is_what_github_takes():
    """Version, tool, rule, place, message, and what it is known by when it is found again."""
    assert {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "bandit",
                        "version": "1.9.4",
                        "rules": [
                            {
                                "id": "B102",
                                "shortDescription": {"text": "B102"},
                                "fullDescription": {"text": "B102, a rule of bandit."},
                                "help": {"text": "The message says what bandit found. `nox -s scan` tells it too."},
                            }
                        ],
                    }
                },
                "automationDetails": {"id": "twinrail/parcel/"},
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "B102",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {"text": "Use of exec detected."},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "services/src/a%20b.py", "uriBaseId": "%SRCROOT%"},
                                    "region": {"startLine": 7},
                                }
                            }
                        ],
                        "partialFingerprints": {"primaryLocationLineHash": "86136d568a7551e6:1"},
                    }
                ],
            }
        ],
    } == document(ONE, prefix="services/")


def test_every_tool_has_a_run():
    """One that found nothing too: what it found before is mended then."""
    found = sarif([Judged(tool=name, version="1", findings=()) for name in ("a", "b")], name="parcel")
    assert [("a", []), ("b", [])] == [(run["tool"]["driver"]["name"], run["results"]) for run in found["runs"]]


def prints(*findings, tool="bandit"):
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results(document(*findings, tool=tool))]


def moved(**change):
    return Finding(**{"file": ONE.file, "line": ONE.line, "title": ONE.title, "text": ONE.text} | change)


def test_what_moved_is_what_it_was():
    """A line more above it makes it no other finding."""
    assert prints(ONE) == prints(moved(line=8))


@pytest.mark.parametrize("change", [{"file": "src/b.py"}, {"title": "B103"}, {"text": "Use of eval."}])
def test_what_differs_is_another(change):
    """Another file, rule or message is another finding."""
    assert prints(ONE) != prints(moved(**change))


def test_alike_ones_are_told_apart():
    """Two of the same in one file are two; another tool's is its own."""
    first, second = prints(ONE, moved(line=9))
    assert first != second
    assert prints(ONE) != prints(ONE, tool="other")


def test_a_line_is_counted_from_one():
    """A finding about a whole file is shown on its first line, one about no file nowhere."""
    found = results(document(moved(line=0), Finding(title="twine", text="")))
    assert 1 == found[0]["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert ([], "twine") == (found[1]["locations"], found[1]["message"]["text"])


def test_rules_stand_there_once():
    """Each result names its rule by its place in the list."""
    run = document(moved(title="b"), moved(title="a"), moved(title="b"))["runs"][0]
    assert ["a", "b"] == [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert [1, 0, 1] == [each["ruleIndex"] for each in run["results"]]
