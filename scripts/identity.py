"""Writes python-identity.yml, which is python.yml with an identity: `python scripts/identity.py [--check]`.

What it says otherwise stands here, and nowhere else: scopes, and the image pushed, attested and named by them.
"""

import argparse
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
READS = "      contents: read # to check out\n"
PUSHES = """\
      packages: write # to push the image
      id-token: write # to attest it
      attestations: write # to keep what was attested
"""
DEPLOYS = """\
      packages: write # to name the image by its environment
      id-token: write # to log in where it deploys
"""
GIVEN = """\
          TWINRAIL_REGISTRY_USER: ${{ secrets.registry-user }}
          TWINRAIL_REGISTRY_PASSWORD: ${{ secrets.registry-password }}
"""
LOGIN = f"""\
{GIVEN}          TWINRAIL_GITHUB_TOKEN: ${{{{ github.token }}}} # for GitHub's own registry, and for no other
"""
SIGNS = f"""\
        env:
{LOGIN}          TWINRAIL_SIGNING_KEY: ${{{{ secrets.signing-key }}}}
"""
ATTESTS = """\
      - uses: actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2
        if: ${{ steps.nox.outputs.image }}
        with:
          subject-name: ${{ fromJSON(steps.nox.outputs.image).name }}
          subject-digest: ${{ fromJSON(steps.nox.outputs.image).digest }}
"""
HEAD = """\
# The whole pipeline of a Python project, for `uses: twinrail/twinrail/.github/workflows/python-identity.yml@v1`.
# It is python.yml (scripts/identity.py makes it) for callers that grant `packages`, `id-token`, `attestations: write`
# too: the image is pushed, attested, and named where it arrives. What the jobs do is in nox sessions: `nox -l`.
name: twinrail identity
"""
KEY = """\
      signing-key:
        description: The private key of `sign`, as TWINRAIL_SIGNING_KEY.
        required: false
"""
IMAGE = """\
      image:
        description: JSON of the image that was pushed, its name and digest.
        value: ${{ jobs.build.outputs.image }}
"""
TOLD = "      artifacts: ${{ steps.nox.outputs.artifacts }}\n"
LAST = "          until: ${{ inputs.until }}\n"


def identity(text: str) -> str:
    """python-identity.yml, made of the text of python.yml.

    Raises:
        ValueError: python.yml has no place, or several, for something that is said otherwise.
    """
    head, *jobs = re.split(r"(?m)^(?=  \w+:\n    name: )", text)
    parts = {"": HEAD + head.partition("\nname: twinrail\n")[2], **{each.split(":")[0].strip(): each for each in jobs}}

    def put(job: str, before: str, after: str) -> None:
        if parts[job].count(before) != 1:
            raise ValueError(f"python.yml: {before!r} stands {parts[job].count(before)} times in {job or 'its head'}")
        parts[job] = parts[job].replace(before, after)

    put("", "      notify-url:\n", f"{KEY}      notify-url:\n")
    put("", "      release:\n", f"{IMAGE}      release:\n")
    put("build", READS, READS + PUSHES)
    put("build", TOLD, f"{TOLD}      image: ${{{{ steps.nox.outputs.image }}}}\n")
    put("build", "        id: nox\n", f"        id: nox\n{SIGNS}")
    put("build", LAST, LAST + ATTESTS)
    for job in ("staging", "production"):
        put(job, READS, READS + DEPLOYS)
        put(job, GIVEN, LOGIN)
    return "".join(parts.values())


def main() -> int:
    """0 when the file is as it should be, or was written."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--check", action="store_true", help="write nothing, fail where something would change")
    made = identity((FOLDER / "python.yml").read_text(encoding="utf-8"))
    path = FOLDER / "python-identity.yml"
    if path.is_file() and path.read_text(encoding="utf-8") == made:
        return 0
    if words.parse_args().check:
        print(f"{path.name} is stale: python scripts/identity.py")
        return 1
    path.write_text(made, encoding="utf-8")
    print(f"{path.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
