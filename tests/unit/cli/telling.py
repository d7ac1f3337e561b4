"""A session of a noxfile that tells how it ended, as those of the pack do."""

TELLS = """\
from twinrail.report.events import Finding, SessionEnded
from twinrail.report.record import Record
record = Record(pathlib.Path(".twinrail/runs") / os.environ["TWINRAIL_RUN"])
found = tuple(Finding(file="src/a.py", line=n, title="E501", text="Line too long") for n in range(1, COUNT + 1))
record.tell(SessionEnded(session=session.name, state="STATE", seconds=1, headline="HEADLINE", exit_code=CODE,
                         findings=found, again=f"nox -s {session.name}"))
if CODE:
    session.error("as the session said")
"""


def telling(state, *, code=0, count=0, headline="as it was"):
    """The body of a session that ends so."""
    parts = {"STATE": state, "CODE": str(code), "COUNT": str(count), "HEADLINE": headline}
    text = TELLS
    for word, value in parts.items():
        text = text.replace(word, value)
    return text
