"""Secrets are told by their place and their form, and what only looks like one is left alone."""

import pytest

from twinrail.quality.images.checks.credentials import (
    file_of_secrets,
    history_folder,
    secret_assignments,
    secret_variable,
)

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/app/id_rsa", KEY, "private key"),
        ("/app/anything", f"\n{KEY}", "private key"),
        ("/etc/ssl/both.pem", f"a certificate\n{KEY}", "private key"),
        ("/x.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "private key"),
        ("/x.pem", "-----BEGIN CERTIFICATE-----\n", ""),
        ("/x.py", f'KEY = """\n{KEY}"""', ""),
        ("/x.py", 'if line == "-----BEGIN PRIVATE KEY-----":', ""),
        (
            "/etc/pip.conf",
            "[global]\nindex-url = https://ada:secret@a.test/simple\n",  # pragma: allowlist secret
            "login of a package index",
        ),
        ("/root/.config/pip/pip.conf", "extra-index-url = https://pypi-token1@a.test/", "login of a package index"),
        ("/etc/pip.conf", "[global]\nindex-url = https://a.test/simple\n", ""),
        ("/etc/pip.conf", "index-url = https://ada:$PASSWORD@a.test/simple\n", ""),
        ("/root/.netrc", "machine a.test\nlogin ada\npassword x\n", "login of a machine"),
        ("/root/.netrc", "machine a.test\n", ""),
        ("/root/.pypirc", "[pypi]\nusername = ada\npassword = x\n", "login of a package index"),
        ("/root/.pypirc", "[pypi]\nusername = ada\n", ""),
        ("/root/.git-credentials", "https://ada:x@a.test\n", "login of git"),
        ("/root/.npmrc", "//a.test/:_authToken=abc\n", "login of npm"),
        ("/root/.npmrc", "//a.test/:_authToken=${TOKEN}\n", ""),
        ("/root/.docker/config.json", '{"auths": {"a.test": {"auth": "YQ=="}}}', "login of a registry"),
        ("/root/.docker/config.json", '{"auths": {"a.test": {}}}', ""),
        ("/root/.aws/credentials", "[default]\naws_secret_access_key = x\n", "key of AWS"),
        ("/root/.kube/config", "users:\n- user:\n    token: x\n", "login of a cluster"),
        ("/etc/shadow", "root:*:1:0:99999:7:::\nada:$6$salt$hash:1::::::\n", "password of a user"),
        ("/etc/shadow", "root:*:1:0:99999:7:::\nada:!:1::::::\n", ""),
        ("/app/config.json", '{"auth": "YQ=="}', ""),
    ],
)
def test_files(path, text, expected):
    """Keys, and the files in which tools keep their logins, where they hold one."""
    assert expected == file_of_secrets(path, text.encode())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/app/.git/HEAD", "/app/.git"),
        ("/app/.git/objects/ab/cdef", "/app/.git"),
        ("/app/.git/config", ""),
        ("/app/.github/HEAD", ""),
        ("/.git/refs/heads/main", "/.git"),
    ],
)
def test_histories(path, expected):
    """The folder of a repository is told by what is always in it."""
    assert expected == history_folder(path)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DB_PASSWORD", "hunter2", True),
        ("password", "hunter2", True),
        ("PIP_TOKEN", "x", True),
        ("STRIPE_API_KEY", "x", True),
        ("AWS_SECRET_ACCESS_KEY", "x", True),
        ("AWS_ACCESS_KEY_ID", "x", True),
        ("DB_PASSWORD", "", False),
        ("DB_PASSWORD", "$DB", False),
        ("DB_PASSWORD", '"${DB}"', False),
        ("DB_PASSWORD", "/run/secrets/db", False),
        ("DB_PASSWORD", "****", False),
        ("DB_PASSWORD_FILE", "/etc/x", False),
        ("TOKEN_URL", "https://a.test", False),
        ("GPG_KEY", "7169605F62C751356D054A26A821E680E5FA6305", False),
        ("TOKENIZERS_PARALLELISM", "false", False),
    ],
)
def test_variables(name, value, expected):
    """A variable that is called a secret holds one, unless it says where the secret is."""
    assert expected is secret_variable(name, value)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("ENV A=b DB_PASSWORD=hunter2", [("DB_PASSWORD", "hunter2")]),
        ("ENV DB_PASSWORD='two words' A=b", [("DB_PASSWORD", "two words")]),  # pragma: allowlist secret
        ("|1 PIP_TOKEN=abc /bin/sh -c pip install x", [("PIP_TOKEN", "abc")]),
        ("RUN /bin/sh -c PIP_TOKEN=$(cat /run/secrets/x) pip install x", []),
        ("RUN PIP_TOKEN=$TOKEN pip install x", []),
    ],
)
def test_steps(step, expected):
    """A step of the history that sets such a variable has it for good, an argument of the build too."""
    assert expected == list(secret_assignments(step))
