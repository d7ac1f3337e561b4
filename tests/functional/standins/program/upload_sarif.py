"""github/codeql-action/upload-sarif 4: code scanning that is the folder STANDIN_SARIF."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from action import Action, Refused, output, workspace


def upload_sarif(action: Action) -> None:
    """Takes SARIF files that code scanning would take, each tool and category once."""
    place = workspace(action.text("sarif_file"))
    files = sorted(place.rglob("*.sarif")) if place.is_dir() else [place]
    if not files or not all(each.is_file() for each in files):
        raise Refused(f"Path does not exist: {place}" if files else f'No SARIF files found to upload in "{place}".')
    for file in files:
        document = read(file)
        if mistakes := list(wrong(document)):
            raise Refused(f"Unable to upload '{file.name}' as it is not valid SARIF:\n" + "\n".join(mistakes))
        for run in document["runs"]:
            once(run["tool"]["driver"]["name"], action.inputs["category"])
            keep(document, f"{run['tool']['driver']['name']}-{action.inputs['category']}")
    output("sarif-id", os.environ["GITHUB_RUN_ID"])


def read(file: Path) -> dict[str, Any]:
    """The JSON of a SARIF file."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused(f"Invalid SARIF. JSON syntax error: {error}") from error
    if not isinstance(document, dict):
        raise Refused("Invalid SARIF. It is no JSON object")
    return document


def wrong(document: dict[str, Any]) -> Iterator[str]:
    """What code scanning would not take, a line each."""
    if document.get("version") != "2.1.0":
        yield "- version is to be 2.1.0"
    if not isinstance(document.get("runs"), list):
        yield "- runs is to be a list"
        return
    for number, run in enumerate(document["runs"]):
        if not run.get("tool", {}).get("driver", {}).get("name"):
            yield f"- runs[{number}].tool.driver.name is missing"
        for count, result in enumerate(run.get("results", ())):
            yield from (f"- runs[{number}].results[{count}]{each}" for each in wrong_result(result))


def wrong_result(result: dict[str, Any]) -> Iterator[str]:
    """What a result lacks for being shown in a file."""
    if not result.get("ruleId"):
        yield ".ruleId is missing"
    if not result.get("message", {}).get("text"):
        yield ".message.text is missing"
    if not result.get("locations"):
        yield ".locations is empty: expected at least one location"
    for each in result.get("locations", ()):
        if not each.get("physicalLocation", {}).get("artifactLocation", {}).get("uri"):
            yield ".locations[].physicalLocation.artifactLocation.uri is missing"


def once(tool: str, category: str) -> None:
    """Refuses a second upload of a tool and category in one job."""
    sentinel = re.sub(r"\W", "_", f"CODEQL_UPLOAD_SARIF_{category}_{tool}").upper()
    if sentinel in os.environ:
        raise Refused(
            "Aborting upload: only one run of the codeql/analyze or codeql/upload-sarif actions is allowed "
            f"per job per tool/category. Category: ({category or 'none'}) Tool: ({tool})"
        )
    with Path(os.environ["GITHUB_ENV"]).open("a", encoding="utf-8") as variables:
        variables.write(f"{sentinel}={sentinel}\n")


def keep(document: dict[str, Any], name: str) -> None:
    """Keeps a document under the name of its tool and category, in the place of an older one."""
    kept = Path(os.environ["STANDIN_SARIF"], f"{name.replace('/', '_').strip('-')}.sarif")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(document), encoding="utf-8")
