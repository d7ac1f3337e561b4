"""What a registry means by a refusal, and what to do about it."""

import json
from typing import Any

from twinrail.system.errors import RegistryError
from twinrail.system.registry.login import PASSWORD, USER, Login
from twinrail.system.registry.reference import Repository
from twinrail.system.registry.transport import Answer

_SET = f"Set {USER} and {PASSWORD}, or log in with docker."
_TODO = {
    403: "Give the user the right to push there, or set another image.registry.",
    404: "Make the repository there, or look at image.registry.",
    413: "Let the registry, or the proxy before it, take larger layers.",
    429: "Wait, and run this again.",
}
_TAGLESS = "No tag was set: what is pushed gets its name last."


def refused(answer: Answer, repository: Repository, login: Login | None, *, push: bool) -> RegistryError:
    """The error that an answer is, told by its status and the registry's own words."""
    status, who = answer.status, f"{login.user} (from {login.source})" if login else ""
    said = _said(answer)
    if status == 401:  # noqa: PLR2004
        what = f"{repository.host} refuses the login of {who}." if who else f"{repository.host} wants a login."
        return RegistryError(
            what, why=said, todo=_SET if not who else "Look at the user and the password, or renew the token."
        )
    if status in {403, 404}:
        may = "may not push to" if push else "may not read"
        what = f"{who or 'Whoever has no login'} {may} {repository}." if status == 403 else f"There is no {repository}."  # noqa: PLR2004
        return RegistryError(what, why=said, todo=_TODO[status])
    full = "no space left" in said.lower()
    why = "\n  ".join(each for each in (said, _TAGLESS if push else "") if each)
    todo = (
        "Make room on the registry's disk."
        if full
        else _TODO.get(status, "Look into the registry's log, and run this again.")
    )
    return RegistryError(f"{repository.host} could not do it: {status} for {repository}.", why=why, todo=todo)


def _said(answer: Answer) -> str:
    try:
        told: Any = json.loads(answer.body)
        errors = [each for each in told["errors"] if isinstance(each, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return "; ".join(dict.fromkeys(_line(each) for each in errors))[:400]


def _line(error: dict[str, Any]) -> str:
    detail = error.get("detail")
    more = f" ({json.dumps(detail)[:200]})" if detail and str(error.get("code")) in {"UNKNOWN", "DENIED"} else ""
    return f"{error.get('message') or error.get('code') or 'it does not say why'}{more}"
