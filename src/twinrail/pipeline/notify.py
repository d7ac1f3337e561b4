"""notify: tells every notifier how the run ended. A notifier's failure never fails the run: the end is unknown."""

from twinrail.report.notifiers.interface import Notifier, Result
from twinrail.report.record import Record
from twinrail.report.story import Story
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work
from twinrail.system.adapters import known


def notify(work: Work, record: Record) -> Outcome:
    """Who was told, and who could not be."""
    result = result_of(record.story())
    told, failures = [], 0
    for name, point in sorted(known("twinrail.notifiers").items()):
        notifier: Notifier = point.load()(settings=work.settings.notify, say=work.shell.say)
        try:
            if notifier.tell(result):
                told.append(name)
        except Exception as error:  # noqa: BLE001  # whatever a notifier does, the run goes on
            # Its words may hold the address, which is a secret.
            told.append(f"{name} failed ({type(error).__name__})")
            failures += 1
    return Outcome(state="unknown" if failures else "passed", headline=" · ".join(told))


def result_of(story: Story) -> Result:
    """What notifiers are told of a run."""
    # Who tells is no part of what is told: it still runs.
    story.sessions.pop("notify", None)
    run, others = story.run, story.sessions.values()
    return Result(
        run=run.run if run else "",
        project=run.project if run else "",
        version=run.version if run else "",
        commit=run.commit if run else "",
        state=story.state,
        exit_code=story.exit_code,
        seconds=round(story.last - story.began, 3),
        sessions={each.name: each.state for each in others if each.state != "pending"},
        headlines={each.name: each.ended.headline for each in others if each.ended},
    )
