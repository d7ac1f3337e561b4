"""The schema arrives once, and a later one is left alone."""

import pytest
from sqlalchemy import inspect, text

from shopfront.database import Database
from shopfront.migration import SchemaState, migrate, schema_state
from shopfront.tables import Base


def state(database: Database) -> SchemaState:
    """The state of the database's schema."""
    with database.engine.connect() as connection:
        return schema_state(connection)


def stamp(database: Database, revision: str) -> None:
    """Pretend that the database has another revision."""
    with database.write_connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_migrating_twice_is_migrating_once(empty_database: Database) -> None:
    """The first migration makes the schema, the second finds it."""
    assert state(empty_database) == SchemaState.MISSING
    assert migrate(empty_database) == SchemaState.MISSING
    assert migrate(empty_database) == SchemaState.CURRENT
    assert state(empty_database) == SchemaState.CURRENT


def test_a_later_schema_is_left_alone(database: Database) -> None:
    """An earlier release finds a later one's schema usable, and does not touch it."""
    stamp(database, "9999")
    assert migrate(database) == SchemaState.AHEAD
    assert state(database).usable


@pytest.mark.parametrize("table", Base.metadata.tables)
def test_the_schema_has_the_mapped_columns(database: Database, table: str) -> None:
    """The migrations and the mapping agree."""
    columns = {column["name"] for column in inspect(database.engine).get_columns(table)}
    assert columns == set(Base.metadata.tables[table].columns.keys())


def test_only_the_schema_in_use_is_usable() -> None:
    """A schema that is missing or behind cannot be served from."""
    usable = {schema for schema in SchemaState if schema.usable}
    assert usable == {SchemaState.CURRENT, SchemaState.AHEAD}
