"""Runs the measurements named on the command line, or all, on a database of their own."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import django

from bench.ratios import Report

NO_MEASURES = {"__init__", "__main__", "ratios"}


def names() -> list[str]:
    """Every measurement of this package."""
    found = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(name for name in found if name not in NO_MEASURES)


def main(wanted: list[str]) -> int:
    """0 also where goals are missed: they are printed as missed; 2 for an unknown name."""
    if unknown := set(wanted) - set(names()):
        print(f"There is no measurement {', '.join(sorted(unknown))}. There are: {names()}")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    django.setup()
    from django.db import connection

    report = Report()
    name = connection.settings_dict["NAME"]
    connection.settings_dict.setdefault("TEST", {})["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        for each in wanted or names():
            import_module(f"bench.{each}").measure(report)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"\n{'Missed: ' + '; '.join(report.missed) if report.missed else 'Every goal is met.'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
