"""What is a secret by its place or its form: keys, logins of tools, variables."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_KEY = re.compile(rb"^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*$", re.MULTILINE)
_KEYFILE = re.compile(r"(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:pem|key|ppk))")
_LOGIN = re.compile(rb"://[^/\s:@]+:[^/\s@$]+@|://[^/\s:@$]{8,}@")
_SECRET = re.compile(
    r"(?:.*_)?(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|CREDENTIALS?)"
    r"(?:_ID)?",
    re.IGNORECASE,
)
_REFERRED = re.compile(r"\$.*|/run/secrets/\S*|\*+|")
"""What stands for a secret, and is none: a variable, the file that will hold it, stars, nothing."""
_ASSIGNED = re.compile(r"(?:^|[\s|,])([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|[^\s]*)")


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A kind of file that holds a secret: its name in a message, and what in the file says that it does."""

    name: str
    holds: Callable[[bytes], bool]


def _matches(pattern: bytes) -> Callable[[bytes], bool]:
    return lambda data: bool(re.search(pattern, data, re.IGNORECASE | re.MULTILINE))


_INDEX = Credential(name="login of a package index", holds=lambda data: bool(_LOGIN.search(data)))
_FILES: Mapping[str, Credential] = {
    **dict.fromkeys(("pip.conf", ".pip/pip.conf", "pip/pip.conf", "uv.toml"), _INDEX),
    **dict.fromkeys((".netrc", "_netrc"), Credential(name="login of a machine", holds=_matches(rb"\bpassword\s+\S"))),
    "etc/shadow": Credential(name="password of a user", holds=_matches(rb"^[^:\n]+:!?\$\w+\$")),
    ".pypirc": Credential(name="login of a package index", holds=_matches(rb"^\s*password\s*[=:]\s*\S")),
    ".git-credentials": Credential(name="login of git", holds=lambda data: bool(_LOGIN.search(data))),
    ".npmrc": Credential(name="login of npm", holds=_matches(rb"_(?:auth|authToken|password)\s*=\s*[^$\s]")),
    ".docker/config.json": Credential(name="login of a registry", holds=_matches(rb'"auth"\s*:\s*"[^"]')),
    ".aws/credentials": Credential(name="key of AWS", holds=_matches(rb"^\s*aws_secret_access_key\s*=\s*\S")),
    ".kube/config": Credential(
        name="login of a cluster", holds=_matches(rb"^\s*(?:token|client-key-data|password)\s*:")
    ),
}


def file_of_secrets(path: str, data: bytes) -> str:
    """What kind of secret a file is, by its place and its form: `private key`; empty where it is none.

    Args:
        path: where it stands in the image.
        data: all that is in it.
    """
    name = path.rpartition("/")[2]
    key = _KEY.search(data)
    # In the middle of a program such a line is what the program looks for.
    if key and (_KEYFILE.fullmatch(name) or not data[: key.start()].strip()):
        return "private key"
    for ending, credential in _FILES.items():
        if path.endswith(f"/{ending}") and credential.holds(data):
            return credential.name
    return ""


def history_folder(path: str) -> str:
    """The folder of a git repository that a file belongs to, with all that was ever in it; empty for none."""
    found = re.fullmatch(r"(.*/\.git)/(?:HEAD|packed-refs|(?:objects|refs)/.*)", path)
    return found[1] if found else ""


def secret_variable(name: str, value: str) -> bool:
    """Whether a variable holds a secret by its name, and not a reference to one."""
    return bool(_SECRET.fullmatch(name)) and not _REFERRED.fullmatch(value.strip("\"'"))


def secret_assignments(text: str) -> Iterator[tuple[str, str]]:
    """The variables with a secret that a step of a build sets, `NAME=value`, each with its value."""
    for name, value in _ASSIGNED.findall(text):
        if secret_variable(name, value):
            yield name, value.strip("\"'")
