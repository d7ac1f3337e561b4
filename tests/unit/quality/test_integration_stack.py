"""The variables of the stack for development, as the session integration hands them on."""

from twinrail.project.venv import Venv
from twinrail.quality.integration import _pytest
from twinrail.session.work import Work


def test_the_tests_get_them_and_no_log_does(make_project, shell, tmp_path):
    """The tests find the services of the stack; neither the command nor what they print shows a value."""
    (tmp_path / "venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    work = Work(session="integration", project=make_project(), settings=None, shell=shell, folder=tmp_path,
                run="run-1", tell=lambda _: None)  # fmt: skip
    stack = {"TEST_DATABASE_URL": "postgresql://shop:hunter2@127.0.0.1:5432/shop"}  # pragma: allowlist secret
    command = _pytest(work, Venv(tmp_path / "venv"), tmp_path / "junit.xml", tmp_path, stack)
    assert stack["TEST_DATABASE_URL"] == command.environment()["TEST_DATABASE_URL"]
    assert "TEST_DATABASE_URL='***'" in str(command)
    assert "cannot reach ***" == command.hide(f"cannot reach {stack['TEST_DATABASE_URL']}")
