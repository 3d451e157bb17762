"""The locks name what the inputs ask for, and carry the hash of every file."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(settings.BASE_DIR)
LOCKS = ("requirements.txt", "requirements-dev.txt")


def locked(name: str) -> dict[str, str]:
    """Package and version of each entry."""
    entries = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in entries}


def asked(name: str) -> list[Requirement]:
    """What an input asks for, the inputs that it includes left out."""
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("-", "#"))]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_of_a_lock_is_one_version_with_hashes(lock: str) -> None:
    text = re.sub(r"\\\n", " ", (ROOT / lock).read_text())
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert entries
    loose = [
        line for line in entries if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_its_input_asks_for(lock: str) -> None:
    versions = locked(lock)
    for requirement in asked(lock.replace(".txt", ".in")):
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {lock}: ./dev lock"
        assert requirement.specifier.contains(version), f"{requirement}: ./dev lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_nothing_that_nobody_asks_for(lock: str) -> None:
    directly = {
        canonicalize_name(name)
        for name, reasons in re.findall(
            r"^(\S+?)==.*?\n((?:    (?:--hash|#).*\n?)+)", (ROOT / lock).read_text(), re.MULTILINE
        )
        if re.search(r"#.* -r requirements", reasons)
    }
    wanted = {canonicalize_name(requirement.name) for requirement in asked("requirements.in")}
    if lock == "requirements-dev.txt":
        wanted |= {canonicalize_name(item.name) for item in asked("requirements-dev.in")}
    assert directly == wanted


def test_tests_run_on_the_versions_of_production() -> None:
    run, tested = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: tested.get(name) for name in run} == run


def test_the_locks_name_no_place_to_fetch_from() -> None:
    for lock in LOCKS:
        assert not re.search(
            r"https?://|file://|--(extra-)?index-url|--find-links", (ROOT / lock).read_text()
        )
