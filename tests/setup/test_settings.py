"""What production refuses, and what the database is spoken to with."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from scripts.checks import made_up_production

ROOT = Path(settings.BASE_DIR)
SECRETS = ("SECRET_KEY", "CUSTODY_KEYS", "CHECKPOINT_KEY")


def start(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Reads the settings in a process of its own, with nothing from ours but the path."""
    return subprocess.run(
        [sys.executable, "-c", "import governance.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_secrets_of_its_own() -> None:
    assert start(made_up_production()).returncode == 0


def test_production_is_what_it_is_when_nobody_says() -> None:
    env = made_up_production()
    del env["UPPSIKT_MODE"], env["SECRET_KEY"]
    answer = start(env)
    assert answer.returncode != 0
    assert "SECRET_KEY" in answer.stderr


@pytest.mark.parametrize("name", SECRETS)
def test_production_refuses_a_missing_secret_and_names_it(name: str) -> None:
    env = made_up_production()
    del env[name]
    answer = start(env)
    assert answer.returncode != 0
    assert f"development value: {name}." in answer.stderr


@pytest.mark.parametrize("name", SECRETS)
def test_production_refuses_the_secret_of_development_and_names_it(name: str) -> None:
    known = str(getattr(settings, name)[0] if name == "CUSTODY_KEYS" else getattr(settings, name))
    answer = start(made_up_production() | {name: known})
    assert answer.returncode != 0
    assert f"development value: {name}." in answer.stderr
    assert known not in answer.stderr.replace("\n", "")


def test_production_names_all_bad_secrets_at_once() -> None:
    answer = start({"UPPSIKT_MODE": "production", "BASE_URL": "https://uppsikt.example.org"})
    assert "CHECKPOINT_KEY, CUSTODY_KEYS, SECRET_KEY" in answer.stderr


def test_production_refuses_an_address_without_https() -> None:
    answer = start(made_up_production() | {"BASE_URL": "http://uppsikt.example.org"})
    assert answer.returncode != 0
    assert "BASE_URL" in answer.stderr


def test_an_unknown_mode_is_refused() -> None:
    assert "UPPSIKT_MODE" in start({"UPPSIKT_MODE": "produktion"}).stderr


@pytest.mark.django_db
def test_the_driver_is_psycopg2() -> None:
    """Django takes psycopg 3 without a word as soon as it can be imported."""
    connection.ensure_connection()
    assert connection.connection.__class__.__module__.startswith("psycopg2")
    assert importlib.util.find_spec("psycopg") is None


def test_every_setting_from_the_environment_is_explained_in_the_manual() -> None:
    source = (ROOT / "governance" / "settings.py").read_text(encoding="utf-8")
    read = {*re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source), *SECRETS}
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in read if f"`{name}`" not in manual} == set()


def test_every_file_that_a_stylesheet_names_is_there(tmp_path: Path, settings: Settings) -> None:
    """The build of the image ends with an error when one is missing."""
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
