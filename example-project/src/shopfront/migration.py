"""The schema: whether the database has it, and how it gets it."""

from enum import Enum
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from shopfront.database import Database

# Any number will do, as long as every release takes the same one.
MIGRATION_LOCK = 7_467_001


class SchemaState(Enum):
    """How the database's schema relates to this release's."""

    MISSING = "the schema is missing: run `shopfront migrate`"
    BEHIND = "the schema is older than this release: run `shopfront migrate`"
    CURRENT = "the schema is this release's"
    AHEAD = "the schema is a later release's"

    @property
    def usable(self) -> bool:
        """Whether this release can serve: a later release's schema still fits the one before it."""
        return self in (SchemaState.CURRENT, SchemaState.AHEAD)


def schema_state(connection: Connection) -> SchemaState:
    """The state of the schema that this connection sees."""
    revision = _revision(connection)
    head, known = _revisions()
    if revision is None:
        return SchemaState.MISSING
    if revision not in known:
        return SchemaState.AHEAD
    return SchemaState.CURRENT if revision == head else SchemaState.BEHIND


def migrate(database: Database) -> SchemaState:
    """Bring the schema up to this release's and return the state it was found in.

    All of it happens in one transaction that takes a lock first, so of two migrations
    at once the second waits, and then finds nothing to do.
    """
    with database.write_connection() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        found = schema_state(connection)
        if not found.usable:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return found


def _revision(connection: Connection) -> str | None:
    # Alembic's own way to ask writes log lines, too many for a probe.
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "shopfront:migrations")
    config.set_main_option("path_separator", "os")
    return config


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    scripts = ScriptDirectory.from_config(_config())
    return scripts.get_current_head(), frozenset(s.revision for s in scripts.walk_revisions())
