"""Where packages come from: as pip itself reads it, for the build alone."""

import os
import stat
from pathlib import Path

import pytest

from twinrail.quality.images.index import certificates, configuration_files, index_secrets, pip_configuration

HOUSE = "https://user:word@packages.example/simple"  # pragma: allowlist secret
MORE = "https://more.example/simple"


@pytest.mark.parametrize(
    ("environ", "texts", "expected"),
    [
        ({}, [], ""),
        ({}, [f"[global]\nindex_url = {HOUSE}\n"], f"index-url = {HOUSE}\n"),
        ({}, [f"[global]\nindex-url = {MORE}\n", f"[install]\nindex-url = {HOUSE}\n"], f"index-url = {HOUSE}\n"),
        ({"PIP_INDEX_URL": HOUSE}, [f"[global]\nindex-url = {MORE}\n"], f"index-url = {HOUSE}\n"),
        ({"PIP_EXTRA_INDEX_URL": f"{HOUSE} {MORE}"}, [], f"extra-index-url = {HOUSE}\n    {MORE}\n"),
        ({"UV_DEFAULT_INDEX": f"house={HOUSE}"}, [], f"index-url = {HOUSE}\n"),
        ({"UV_INDEX": f"house={HOUSE} {MORE}?a=1"}, [], f"extra-index-url = {HOUSE}\n    {MORE}?a=1\n"),
        ({"UV_INDEX_URL": MORE, "PIP_INDEX_URL": HOUSE}, [], f"index-url = {HOUSE}\n"),
        ({}, ["[global]\nfind-links = /a/folder/of/this/machine\ncert = /a/file\n"], ""),
        ({}, ["no section = at all\n"], ""),
        ({}, ["[list]\nindex-url = https://other.example\n"], ""),
        (
            {},
            ["[global]\nindex-url = https://u:a%40b@x.example\n"],  # pragma: allowlist secret
            "index-url = https://u:a%40b@x.example\n",  # pragma: allowlist secret
        ),
    ],
)
def test_what_the_build_is_told(environ, texts, expected):
    """Variables stand above files, later files above earlier ones, pip's own words above uv's; no path goes along."""
    assert f"[global]\n{expected}" == pip_configuration(environ, texts, ca=False)


def test_certificates_are_named_where_the_build_finds_them():
    """Not where they lie on this machine."""
    assert "[global]\ncert = /run/secrets/ca\n" == pip_configuration({}, ["[global]\ncert = /etc/own.pem\n"], ca=True)


def test_the_files_are_those_of_pip():
    """The machine's, the user's, and the one that a variable names; none where that names nothing."""
    home = Path("/home/a")
    usual = [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    assert usual == configuration_files({}, home)
    assert [*usual[:2], Path("/x/pip/pip.conf")] == configuration_files({"XDG_CONFIG_HOME": "/x"}, home)
    assert [*usual, Path("/named")] == configuration_files({"PIP_CONFIG_FILE": "/named"}, home)
    assert [] == configuration_files({"PIP_CONFIG_FILE": os.devnull}, home)


def test_nobody_else_reads_them(tmp_path, monkeypatch):
    """The file is for its owner alone, and lies outside of what the builder sees."""
    (tmp_path / "ca.pem").write_text("-----BEGIN", encoding="utf-8")
    monkeypatch.setenv("PIP_INDEX_URL", HOUSE)
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "ca.pem"))
    found = index_secrets(tmp_path)
    assert {"pip-conf": tmp_path / "pip.conf", "ca": tmp_path / "ca.pem"} == found
    assert 0o600 == stat.S_IMODE(found["pip-conf"].stat().st_mode)
    assert f"index-url = {HOUSE}" in found["pip-conf"].read_text(encoding="utf-8")


def test_a_certificate_that_is_gone_is_none(tmp_path):
    """A variable may name what is not there."""
    (tmp_path / "b").write_text("", encoding="utf-8")
    assert certificates({"PIP_CERT": str(tmp_path / "a")}) is None
    assert tmp_path / "b" == certificates({"PIP_CERT": str(tmp_path / "a"), "SSL_CERT_FILE": str(tmp_path / "b")})
