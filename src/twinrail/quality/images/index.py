"""Where packages are fetched from, as whoever builds has it: given to a build as a secret, and left in no layer."""

import configparser
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

VARIABLES = (
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_PROXY",
    "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL",
)  # fmt: skip
"""The variables that may hold an address with a password: no log shows their values."""
CA = "/run/secrets/ca"
"""Where a build finds the certificates of whom it may trust."""

_WANTED = ("index-url", "extra-index-url", "trusted-host", "no-index", "proxy", "timeout", "retries")
_NAMED = re.compile(r"^[\w.-]+=(?=\w+:)")
_AFTER_UV = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
}


def configuration_files(environ: Mapping[str, str], home: Path) -> list[Path]:
    """The files that pip reads, the later ones over the earlier."""
    if (named := environ.get("PIP_CONFIG_FILE")) == os.devnull:
        return []
    own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", own / "pip" / "pip.conf"]
    return [*files, *([Path(named)] if named else [])]


def pip_configuration(environ: Mapping[str, str], texts: Iterable[str], *, ca: bool) -> str:
    """A pip.conf of what says where packages come from, out of the variables and the `texts` of pip's files.

    Args:
        environ: the variables; they stand above the files, and pip's above uv's.
        texts: pip's files in their order.
        ca: whether certificates of one's own lie at `CA`.
    """
    found = _of_uv(environ)
    for text in texts:
        found |= {key: value for key, value in _of_file(text).items() if key in _WANTED}
    found |= {key: environ[name] for key in _WANTED if environ.get(name := f"PIP_{key.replace('-', '_').upper()}")}
    if ca:
        found["cert"] = CA
    lines = [f"{key} = {_indented(value)}" for key, value in sorted(found.items())]
    return "\n".join(["[global]", *lines]) + "\n"


def certificates(environ: Mapping[str, str]) -> Path | None:
    """The file with the certificates that whoever builds trusts beside the usual ones, or None."""
    named = (environ.get(name) for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    return next((path for each in named if each and (path := Path(each)).is_file()), None)


def index_secrets(folder: Path) -> dict[str, Path]:
    """The secrets `pip-conf` and `ca` as files: the first is written into `folder`, for nobody else to read.

    Raises:
        OSError: it cannot be written.
    """
    ca = certificates(os.environ)
    files = [path for path in configuration_files(os.environ, Path.home()) if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    path = folder / "pip.conf"
    path.touch(mode=0o600)
    path.write_text(pip_configuration(os.environ, texts, ca=ca is not None), encoding="utf-8")
    return {"pip-conf": path, **({"ca": ca} if ca else {})}


def _of_uv(environ: Mapping[str, str]) -> dict[str, str]:
    said = {key: next((environ[name] for name in names if environ.get(name)), "") for key, names in _AFTER_UV.items()}
    # uv lets an index have a name, `name=https://…`.
    plain = {key: " ".join(_NAMED.sub("", each) for each in value.split()) for key, value in said.items()}
    return {key: value for key, value in plain.items() if value}


def _of_file(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}  # pip will say what is wrong with it, and better
    merged: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            merged |= {key.lower().replace("_", "-"): value for key, value in parser.items(section)}
    return merged


def _indented(value: str) -> str:
    return "\n    ".join(value.split())
