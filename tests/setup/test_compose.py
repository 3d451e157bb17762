"""The description of production, read and checked; the containers themselves are not built here."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from scripts.checks import made_up_production
from scripts.system import packages

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
INSTRUCTIONS = [
    (line.split()[0], line.split(maxsplit=1)[1])
    for line in DOCKERFILE.splitlines()
    if line and not line.startswith("#")
]
VALUES = made_up_production() | {
    "EMAIL_URL": "smtp://mail.example.org:25",
    "DEFAULT_FROM_EMAIL": "uppsikt@example.org",
    "POSTGRES_PASSWORD": "ett",
    "REDIS_PASSWORD": "tva",
}


def filled(text: str) -> str:
    """A value as compose fills it in. Raises KeyError where nothing is said."""
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda found: VALUES[found[1]] if found[2] != "-" else found[3],
        text,
    )


def test_production_has_web_worker_beat_database_and_redis() -> None:
    assert set(SERVICES) == {"db", "redis", "migrate", "web", "worker", "beat"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_has_what_it_refers_to(name: str) -> None:
    service = SERVICES[name]
    for volume in service.get("volumes", []):
        assert volume.split(":")[0] in COMPOSE["volumes"]
    for network in service["networks"]:
        assert network in COMPOSE["networks"]
    for other, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "test" in SERVICES[other]["healthcheck"]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "no"


@pytest.mark.parametrize("name", ["db", "redis", "worker", "beat"])
def test_each_service_is_watched(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_web_is_watched_by_the_check_of_its_image() -> None:
    [check] = [rest for word, rest in INSTRUCTIONS if word == "HEALTHCHECK"]
    assert "/healthz" in check
    assert "healthcheck" not in SERVICES["web"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_may_gain_rights(name: str) -> None:
    service = SERVICES[name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    if name in OURS:
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_only_the_reverse_proxy_of_the_machine_reaches_web_and_nobody_the_stores() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_secrets_stand_in_no_file_and_their_absence_stops_the_start() -> None:
    secret = re.compile(r"KEY|PASSWORD|EMAIL_URL|DATABASE_URL|REDIS_URL")
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert re.search(r"\$\{\w+:\?", value), f"{name} is not asked for"


def test_the_settings_start_in_the_environment_of_the_image_and_of_compose() -> None:
    image = dict(
        re.findall(r"(\w+)=(\S+)", [rest for word, rest in INSTRUCTIONS if word == "ENV"][-1])
    )
    env = {name: filled(value) for name, value in SERVICES["web"]["environment"].items()}
    answer = subprocess.run(
        [sys.executable, "-c", "from governance.settings import *; print(DATABASES['default'])"],
        cwd=ROOT,
        env={**image, **env, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "'HOST': 'db'" in answer.stdout


def test_exactly_one_service_runs_beat_and_no_worker_does() -> None:
    commands = {name: service.get("command", []) for name, service in SERVICES.items()}
    assert [name for name, words in commands.items() if "beat" in words] == ["beat"]
    assert not {"-B", "--beat"} & set(commands["worker"])


def test_the_image_is_built_in_stages_and_its_last_one_has_no_compiler_and_no_root() -> None:
    stages = [rest for word, rest in INSTRUCTIONS if word == "FROM"]
    assert len(stages) == 2
    last = INSTRUCTIONS[max(i for i, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]
    [user] = [rest for word, rest in last if word == "USER"]
    assert int(user.split(":")[0]) > 0
    assert not any("gcc" in rest or "build-essential" in rest for _, rest in last)
    assert "--require-hashes" in DOCKERFILE


def test_the_image_has_the_system_packages_that_a_fresh_machine_is_given() -> None:
    separate = {"python3", "python3-venv", "postgresql", "redis-server", "tzdata"}
    wanted = set(packages("up", "nice")) - separate
    assert {name for name in wanted if f" {name} " not in DOCKERFILE} == set()


def test_nothing_of_a_development_copy_enters_the_image() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".run", "tests"} <= ignored
