"""When nothing is pushed, and what the session says then."""

from twinrail.project.images import Image
from twinrail.project.settings import Settings
from twinrail.quality.push import push

SETTINGS = Settings(image=Image(registry="127.0.0.1:9/team"))


def on(monkeypatch, write, event, ref):
    """As if this ran on GitHub."""
    path = write("event.json", '{"repository": {"default_branch": "main", "fork": false}}')
    for name, value in {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_REF": ref}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))


def test_nobody_asks_for_it(work):
    """Without a registry nothing is pushed, whatever was built."""
    for settings in (Settings(), Settings(image=Image())):
        assert ("off", "no [tool.twinrail.image] registry") == ((made := push(work(settings))).state, made.headline)


def test_what_does_not_deploy_is_not_pushed(work, monkeypatch, write):
    """A pull request pushes nothing, even where it would have a login."""
    on(monkeypatch, write, "pull_request", "refs/pull/7/merge")
    made = push(work(SETTINGS))
    assert ("off", "nothing is pushed: an event pull_request deploys nowhere") == (made.state, made.headline)


def test_no_image_was_made(work, monkeypatch, write):
    """As where nothing builds images."""
    on(monkeypatch, write, "push", "refs/heads/main")
    assert ("off", "no image was made") == ((made := push(work(SETTINGS))).state, made.headline)
