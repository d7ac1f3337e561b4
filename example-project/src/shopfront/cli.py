"""The command line: `shopfront serve`, `shopfront work` and `shopfront migrate`."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from shopfront import __version__
from shopfront.database import Database
from shopfront.json_log import configure_logging
from shopfront.migration import migrate
from shopfront.server import serve
from shopfront.settings import Settings, SettingsError
from shopfront.worker import work

logger = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        return _run(arguments)
    except SettingsError as error:
        print(f"shopfront: {error}", file=sys.stderr)
        return 2


def _run(arguments: Sequence[str] | None) -> int:
    settings = Settings.from_environment(os.environ)
    options = _parser(settings).parse_args(arguments)
    configure_logging()
    if options.command == "migrate":
        return _migrate(settings)
    if options.command == "work":
        work(settings)
        return 0
    serve(replace(settings, host=options.host, port=options.port))
    return 0


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shopfront", description="A small web shop.")
    parser.add_argument("--version", action="version", version=f"shopfront {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="serve the shop until told to stop")
    server.add_argument("--host", default=settings.host, help="default: $HOST or %(default)s")
    server.add_argument(
        "--port", type=int, default=settings.port, help="default: $PORT or %(default)s"
    )
    commands.add_parser("work", help="write receipts as the queue in $REDIS_URL asks")
    commands.add_parser("migrate", help="bring the database's schema up to date")
    return parser


def _migrate(settings: Settings) -> int:
    database = Database.at(settings.database_url)
    try:
        found = migrate(database)
    except SQLAlchemyError:
        logger.exception("migration failed")
        return 1
    finally:
        database.close()
    logger.info("schema is up to date", extra={"found": found.name.lower()})
    return 0
