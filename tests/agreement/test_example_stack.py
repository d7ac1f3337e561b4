"""example-project's stack: what its compose files, its settings and the target `compose` say of one another."""

import re
from pathlib import Path

import yaml

from twinrail.deploy.development.variables import fill
from twinrail.deploy.targets.docker.lost import unknown
from twinrail.project.decode import decode, read_document

EXAMPLE = Path(__file__).parents[2] / "example-project"
FILES = ("compose.yaml", "compose.override.yaml")
TEXTS = {name: (EXAMPLE / name).read_text(encoding="utf-8") for name in FILES}
BASE, OVER = (yaml.safe_load(TEXTS[name])["services"] for name in FILES)
DEV = decode(read_document(EXAMPLE / "pyproject.toml")).settings.dev


def test_no_secret_stands_in_a_file():
    """What must be filled in is a secret of the settings, and a password is nothing else."""
    assert {*DEV.secrets} == {*re.findall(r"\$\{(\w+):\?\}", "".join(TEXTS.values()))}
    assert "${DB_PASSWORD:?}" == BASE["db"]["environment"]["POSTGRES_PASSWORD"]
    assert "postgresql://shop:${DB_PASSWORD:?}@db/shop" == BASE["web"]["environment"]["DATABASE_URL"]


def test_variables_lead_to_what_is_published():
    """Each port that the variables ask for is published on loopback alone, and by the override alone."""
    assert not [name for name, each in BASE.items() if "ports" in each]
    ports = {name: each.get("ports", []) for name, each in OVER.items()}
    assert all(each.startswith("127.0.0.1:") for listed in ports.values() for each in listed)
    known = {f"{name}:{each.rpartition(':')[2]}": "here" for name, listed in ports.items() for each in listed}
    filled = [fill(text, known | dict.fromkeys(DEV.secrets, "secret")) for text in DEV.variables.values()]
    assert ["postgresql://shop:secret@here/shop", "redis://here/1"] == filled  # pragma: allowlist secret


def test_the_target_compose_passes_all_of_it_on():
    """Nothing that is said of what is rolled gets lost; what is not has its data in a volume, and tells its health."""
    rolled = [name for name, each in BASE.items() if each["image"] == "shopfront"]
    assert ["web", "worker"] == rolled
    assert [] == [key for name in rolled for key in unknown(BASE[name])]
    assert [] == [name for name in ("db", "queue") if not (BASE[name]["healthcheck"]["test"] and BASE[name]["volumes"])]
    assert {"db": {"condition": "service_healthy"}, "queue": {"condition": "service_healthy"}} == BASE["worker"][
        "depends_on"
    ]
