"""What the session does with the stack, and what it says where that cannot be."""

import pytest
from obeying import ID

from twinrail.deploy.development.image import missing
from twinrail.deploy.development.session import dev
from twinrail.deploy.development.stack import open_stack
from twinrail.system.errors import Interrupted, PlaceTaken, ProjectError, SettingsError, ToolError

MIGRATE = ("shop", "migrate")


@pytest.mark.usefixtures("built")
def test_up_in_its_order(work, engine):
    """What the project needs comes first, then the database's changes, then the project itself, by its name."""
    asked = work(migrate=MIGRATE)
    outcome = dev(asked)
    assert [
        ("tag", ID, "shopfront:latest"),
        ("up", "--detach", "db"),
        ("run", "--rm", "--no-deps", "-T", "--entrypoint=shop", "web", "migrate"),
        ("up", "--detach", "web", "worker", "db"),
    ] == engine.ran
    assert ("passed", "3 services of shopfront-dev up") == (outcome.state, outcome.headline)
    assert ["starting db", "migrating", "starting web, worker, db"] == asked.told


@pytest.mark.usefixtures("built")
def test_up_again_changes_nothing(work, engine):
    """The same containers run on, the image is not tagged again, and that is said."""
    dev(work())
    before = dict(engine.there)
    outcome = dev(work())
    assert before == engine.there
    assert 1 == sum(words[0] == "tag" for words in engine.ran)
    assert "3 services of shopfront-dev up, as before" == outcome.headline


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"Status": "exited", "ExitCode": 3}, "db is exited with 3"),
        ({"Health": {"Status": "unhealthy"}}, "db is unhealthy"),
        ({"Health": {"Status": "starting"}}, "after 0 ms: db starting"),
    ],
)
def test_a_service_that_does_not_get_there(work, engine, state, text, monkeypatch):
    """It is named, with its last lines and where there are more; nothing that needs it is begun."""
    monkeypatch.setenv("TWINRAIL_CALLED", "nox")
    engine.becomes["db"] = state
    outcome = dev(work(wait="0s", migrate=MIGRATE))
    assert ("failed", 1, f"shopfront-dev: {text}") == (outcome.state, outcome.exit_code, outcome.headline)
    assert ["what it said last", "Its log:  nox -s dev -- logs"] == outcome.detail.splitlines()
    assert [("up", "--detach", "db")] == engine.ran[1:]


@pytest.mark.usefixtures("built")
def test_the_project_itself_does_not_get_there(work, engine):
    """A web that ends is told like a database that does."""
    engine.becomes["web"] = {"Status": "exited", "ExitCode": 1}
    assert "shopfront-dev: web is exited with 1" == dev(work()).headline


@pytest.mark.usefixtures("built")
def test_a_migration_that_fails(work, engine):
    """Its last words are told, and the project is not started on such a database."""
    engine.fails["run"] = (1, "column is there already")
    outcome = dev(work(migrate=MIGRATE))
    assert ("failed", "shopfront-dev: shop ended with 1") == (outcome.state, outcome.headline)
    assert "column is there already" == outcome.detail.splitlines()[0]
    assert {"db"} == {*engine.there}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Bind for 127.0.0.1:8000 failed: port is already allocated", PlaceTaken),
        ("listen tcp4 127.0.0.1:8000: bind: address already in use", PlaceTaken),
        ("pull access denied for postgres", ToolError),
    ],
)
def test_compose_does_not_end_well(work, engine, said, error):
    """A port that is taken is told apart, in Compose's own words."""
    engine.fails["up"] = (1, said)
    with pytest.raises(error) as caught:
        dev(work())
    assert said == caught.value.why


def test_nobody_answers(work, engine):
    """An engine that is silent is an error of its own, and nothing was begun."""
    engine.fails["silent"] = (1, "")
    with pytest.raises(ToolError, match="The container engine does not answer"):
        dev(work())


def test_no_compose_file(work, tmp_path):
    """Who has none is told what it may be called, and how another is named."""
    (tmp_path / "compose.yaml").unlink()
    with pytest.raises(ProjectError, match=r"There is no compose\.yaml or") as caught:
        dev(work())
    assert "[tool.twinrail.dev] file" in caught.value.todo


def test_no_image(work, engine):
    """The stack runs the project's image, and none was made: that is said before anything is started."""
    assert missing(work(), open_stack(work()))
    with pytest.raises(ProjectError, match=r"runs shopfront:latest, the image of this project, and none was made"):
        dev(work())
    assert [] == engine.ran


@pytest.mark.usefixtures("built")
def test_an_image_that_is_gone(work, engine, write):
    """Where the engine has it no longer it is loaded from its archive; where that is gone too, it is missing."""
    engine.images.clear()
    assert missing(work(), open_stack(work()))
    write(".twinrail/images/shopfront.tar", "no image")
    assert not missing(work(), open_stack(work()))
    with pytest.raises(ProjectError, match=r"shopfront\.tar is not the image that was built"):
        dev(work())


def test_no_image_is_asked_for(work, engine, write):
    """A stack of other images, or one that Compose builds, needs none of ours; what Compose builds starts last."""
    write("compose.yaml", "services: {web: {build: ., image: shopfront}, db: {image: postgres}}\n")
    assert not missing(work(), open_stack(work()))
    assert "passed" == dev(work()).state
    assert [("up", "--detach", "db"), ("up", "--detach", "web", "db")] == engine.ran


@pytest.mark.usefixtures("built")
def test_down_keeps_the_data(work, engine, tmp_path):
    """Volumes stay, and with them the password that is in one of them; unless both are to go."""
    kept = tmp_path / ".twinrail" / "dev" / "secrets.json"
    dev(work())
    assert "3 containers of shopfront-dev down, its volumes stay" == dev(work("down")).headline
    assert kept.is_file()
    assert ("off", "nothing is running") == (dev(work("down")).state, dev(work("down")).headline)
    assert "0 containers of shopfront-dev down, its volumes are gone" == dev(work("down", "volumes")).headline
    assert not kept.is_file()
    assert [("down", "--remove-orphans"), ("down", "--remove-orphans", "--volumes")] == engine.ran[-2:]


@pytest.mark.usefixtures("built")
def test_restart(work, engine):
    """The services that run the project, or those named; where nothing runs, nothing is begun anew."""
    assert "off" == dev(work("restart")).state
    dev(work())
    assert "web, worker restarted" == dev(work("restart")).headline
    assert "db restarted" == dev(work("restart", services=("db",))).headline
    assert [("restart", "web", "worker"), ("restart", "db")] == engine.ran[-2:]
    with pytest.raises(ProjectError, match=r'no service "wroker" in compose\.yaml\. Did you mean "worker"\?'):
        dev(work("restart", services=("wroker",)))


@pytest.mark.usefixtures("built")
def test_ctrl_c_while_it_waits(work, engine):
    """Waiting ends, what was started runs on."""
    engine.becomes["db"] = {"Health": {"Status": "starting"}}
    asked = work()
    asked.interrupted.set()
    with pytest.raises(Interrupted):
        dev(asked)
    assert {"db"} == {*engine.there}


@pytest.mark.usefixtures("built")
def test_another_folder_has_it(work, engine, tmp_path):
    """A stack that was started elsewhere is left alone."""
    dev(work())
    engine.there["db"]["Config"]["Labels"]["com.docker.compose.project.working_dir"] = str(tmp_path / "other")
    for action in ("up", "down", "restart"):
        with pytest.raises(PlaceTaken, match=r"started from .*other"):
            dev(work(action))


@pytest.mark.usefixtures("built")
def test_a_service_to_migrate_in_that_is_not_there(work):
    """The setting is held against the compose file."""
    with pytest.raises(ProjectError, match='no service "wep"'):
        dev(work(migrate=MIGRATE, service="wep"))


def test_a_compose_file_that_is_wrong(work, engine, monkeypatch):
    """It is a mistake of the settings, with its line."""
    asked = engine._compose
    said = (15, "", "services.db.imagge is not allowed: line 4, column 3")
    monkeypatch.setattr(engine, "_compose", lambda verb, words: said if verb == "config" else asked(verb, words))
    with pytest.raises(SettingsError) as caught:
        dev(work())
    assert [("compose.yaml", 4, 3)] == [(each.file, each.line, each.column) for each in caught.value.mistakes]
