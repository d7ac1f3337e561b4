"""sbom: a CycloneDX bill of materials of what is locked, validated."""

import json
from dataclasses import replace
from pathlib import Path

from twinrail.session.outcome import Outcome, passed
from twinrail.session.work import Work

SCHEMA = "1.6"
"""The version of CycloneDX's schema that is written and validated against."""
_SOONER = Path(__file__).with_name("cyclonedx.py")


def sbom(work: Work) -> Outcome:
    """The bill of materials of what runs in production: the lock without its development groups."""
    requirements = work.requirements("requirements.txt", groups=False)
    made = work.project.state / "artifacts" / f"{work.project.name}.cdx.json"
    made.parent.mkdir(parents=True, exist_ok=True)
    tool = work.tools.standing_alone("cyclonedx-bom", lock="package", program="cyclonedx-py")
    tool = replace(tool, argv=(str(tool.venv.python), "-I", str(_SOONER)))
    options = ("--spec-version", SCHEMA, "--output-format=JSON", "--output-reproducible", "--validate")
    about = ("--pyproject", "pyproject.toml", "--output-file", str(made))
    work.shell.run(
        tool.command("requirements", *options, *about, *work.words, str(requirements), cwd=work.project.root)
    )
    components = json.loads(made.read_text(encoding="utf-8")).get("components", [])
    artifact = work.artifacts.put("sbom", made, version=work.project.version, commit=work.commit.id)
    return passed(f"{len(components)} components · CycloneDX {SCHEMA}", artifacts={made.name: artifact.digest})
