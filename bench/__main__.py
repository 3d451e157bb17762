"""Runs the measurements named on the command line, or all, on a database of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import django
from django.db import connection

from bench.ratios import Report

NO_MEASURES = {"__init__", "__main__", "ratios"}


def names() -> list[str]:
    """Every measurement of this package."""
    found = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(name for name in found if name not in NO_MEASURES)


@contextmanager
def _copy_for(name: str) -> Iterator[None]:
    """A copy of the empty database, so that no measurement works among the rows of another."""
    creation, empty = connection.creation, connection.settings_dict["NAME"]
    creation.clone_test_db(suffix=name, verbosity=0, autoclobber=True)
    connection.settings_dict["NAME"] = creation.get_test_db_clone_settings(name)["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = empty
        creation.destroy_test_db(suffix=name, verbosity=0)


def main(wanted: list[str]) -> int:
    """0 also where goals are missed: they are printed as missed; 2 for an unknown name."""
    if unknown := set(wanted) - set(names()):
        print(f"There is no measurement {', '.join(sorted(unknown))}. There are: {names()}")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    django.setup()
    report = Report()
    name = connection.settings_dict["NAME"]
    connection.settings_dict.setdefault("TEST", {})["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        for each in wanted or names():
            with _copy_for(each):
                import_module(f"bench.{each}").measure(report)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"\n{'Missed: ' + '; '.join(report.missed) if report.missed else 'Every goal is met.'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
