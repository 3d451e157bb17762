"""./dev on machines that lack something, or on which an earlier run was cut short."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from scripts import cluster, fonts, places, processes, services, system
from scripts.checks import catalogues, extracted
from scripts.places import LONGEST_SOCKET_PATH, Place
from scripts.progress import Stop

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A copy that lies in a folder of its own; nothing of it runs on after the test."""
    monkeypatch.setattr(places, "RUN", tmp_path / ".run")
    monkeypatch.setattr(places, "LOGS", tmp_path / ".run" / "log")
    copy = Place("trial")
    yield copy
    services.stop_all(copy)
    shutil.rmtree(cluster.home(copy), ignore_errors=True)


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """An environment whose programs are these scripts and a shell, and nothing else."""
    for name, script in programs.items():
        file = folder / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
    (folder / "sh").symlink_to("/bin/sh")
    return {"PATH": str(folder)}


def apt(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    argv = ["/bin/sh", str(ROOT / "scripts" / "apt.sh"), "redis-server", "gettext"]
    return subprocess.run(
        argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


LINE = "apt-get update && apt-get install --yes --no-install-recommends redis-server gettext\n"


def test_root_installs(tmp_path: Path) -> None:
    answer = apt(machine(tmp_path, id="echo 0", apt_get='echo "did $*"'))
    assert answer.returncode == 0
    assert "did install --yes --no-install-recommends redis-server gettext" in answer.stderr


def test_without_sudo_the_exact_line_is_printed_and_the_exit_code_is_2(tmp_path: Path) -> None:
    answer = apt(machine(tmp_path, id="echo 1000", apt_get="exit 9"))
    assert answer.returncode == 2
    assert f"    {LINE}" in answer.stderr


def test_with_sudo_the_line_is_shown_and_run(tmp_path: Path) -> None:
    sudo = '[ "$1" = -n ] && exit 0; echo "as root: $*"'
    answer = apt(machine(tmp_path, id="echo 1000", apt_get="exit 9", sudo=sudo))
    assert answer.returncode == 0
    assert f'sudo sh -c "{LINE[:-1]}"' in answer.stderr
    assert f"as root: sh -c {LINE}" in answer.stderr


def test_sudo_that_wants_a_password_of_nobody_counts_as_none(tmp_path: Path) -> None:
    answer = apt(machine(tmp_path, id="echo 1000", apt_get="exit 9", sudo="exit 1"))
    assert answer.returncode == 2
    assert f"    {LINE}" in answer.stderr


def test_a_system_without_apt_is_told_what_is_needed(tmp_path: Path) -> None:
    answer = apt(machine(tmp_path, id="echo 0"))
    assert answer.returncode == 2
    assert "redis-server gettext" in answer.stderr


def test_a_failing_apt_is_a_failure_and_not_a_missing_right(tmp_path: Path) -> None:
    assert apt(machine(tmp_path, id="echo 0", apt_get="exit 100")).returncode == 100


def test_every_package_on_the_list_is_looked_for_by_use() -> None:
    assert set(system.packages("up", "test", "nice")) == set(system.PROBES)


def test_a_complete_machine_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "PROBES", dict.fromkeys(system.PROBES, lambda: True))
    monkeypatch.setattr(system, "install", lambda names: pytest.fail(f"installs {names}"))
    system.ensure("up", "test")


def test_missing_fonts_alone_are_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = {name: (lambda name=name: "fonts" not in name) for name in system.PROBES}
    monkeypatch.setattr(system, "PROBES", there)
    monkeypatch.setattr(system, "install", lambda names: pytest.fail(f"installs {names}"))
    system.ensure("up")
    assert "fonts-clear-sans" in capsys.readouterr().err


def test_stores_elsewhere_need_no_stores_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    monkeypatch.setattr(system, "postgres_bin", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    assert {"postgresql", "redis-server"} & set(system.missing("up")) == set()


def test_everything_made_is_closed_to_others(place: Place) -> None:
    for folder in (place.folder, place.sockets, place.pids, place.data, place.mail):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_deep_checkout_has_its_sockets_in_a_short_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    monkeypatch.setattr(places, "RUN", deep)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/tmp")  # noqa: S108
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    copy = Place("deep")
    try:
        services.start_redis(copy)
        assert len(os.fsencode(copy.sockets / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH
        assert stat.S_IMODE(copy.sockets.stat().st_mode) == 0o700
    finally:
        services.stop_all(copy)
        shutil.rmtree(copy.sockets)


def test_a_short_folder_that_somebody_else_laid_out_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.symlink_to(tmp_path)
    with pytest.raises(Stop, match="belongs to another"):
        places.private(trap)


def test_a_stale_pid_file_is_not_believed(place: Place) -> None:
    (place.pids / "web").write_text(f"{os.getpid()} 1")  # our number, another birth
    assert processes.running(place, "web") is None
    assert not (place.pids / "web").exists()


@pytest.mark.parametrize("torn", ["", "12", "12 ", "zwölf 3"])
def test_a_torn_pid_file_is_not_believed(place: Place, torn: str) -> None:
    (place.pids / "web").write_text(torn)
    assert processes.running(place, "web") is None


def test_a_process_that_will_not_end_is_ended(place: Place) -> None:
    stubborn = "trap '' TERM; echo deaf; sleep 99"
    processes.start(place, "web", ["/bin/sh", "-c", stubborn], os.environ)
    processes.wait_until(place, "web", lambda: place.log("web").read_text() != "", seconds=20)
    assert processes.stop(place, "web", polite=signal.SIGTERM, seconds=0.2)
    assert processes.running(place, "web") is None


def test_what_was_started_last_is_stopped_first(place: Place) -> None:
    for name in services.STOPS:
        if name != "launcher":
            processes.start(place, name, ["/bin/sleep", "99"], os.environ)
    assert services.stop_all(place) == ["worker", "web", "mail", "redis", "postgres"]


def test_the_last_words_of_a_process_that_dies_at_its_start_are_shown(place: Place) -> None:
    processes.start(place, "web", ["/bin/sh", "-c", "echo no such module; exit 3"], os.environ)
    with pytest.raises(Stop, match="no such module"):
        processes.wait_until(place, "web", lambda: False, seconds=20)


def test_a_taken_port_is_refused_when_it_was_asked_for_and_otherwise_another_is_found() -> None:
    with closing(services.web_socket(None)) as first, closing(services.web_socket(None)) as second:
        port = first.getsockname()[1]
        assert port != second.getsockname()[1]
        with pytest.raises(Stop, match=str(port)):
            services.web_socket(port)


def test_a_port_that_cannot_be_is_refused() -> None:
    with pytest.raises(Stop, match="70000"):
        services.web_socket(70000)


def test_the_address_of_a_socket_in_a_folder_with_spaces_can_be_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "RUN", tmp_path / "my run")
    monkeypatch.setattr(cluster, "_wrapper", lambda: ())
    code = (
        "from governance.settings import *; print(DATABASES['default']['HOST'], CELERY_BROKER_URL)"
    )
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    env = services.environment(Place("t"), "test")
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert f"{tmp_path}/my run/t/sock redis+socket://" in told


def test_a_cluster_starts_after_a_run_that_was_cut_short(place: Place) -> None:
    """Half of a cluster; then a lock that names a living stranger; then one dead and unburied."""
    half = cluster.home(place) / "pg.half.1"
    half.mkdir()
    (half / "PG_VERSION").write_text("15")
    cluster.ensure_running(place, throwaway=True)
    processes.stop(place, "postgres", polite=signal.SIGINT, seconds=30)
    lock = cluster.home(place) / "pg" / "postmaster.pid"
    with subprocess.Popen(["/bin/true"]) as unburied:
        for pid in (os.getpid(), unburied.pid):
            lock.write_text(f"{pid}\n{lock.parent}\n0\n5432\n\n\n")
            cluster.ensure_running(place, throwaway=True)
            assert processes.stop(place, "postgres", polite=signal.SIGINT, seconds=30)


def test_a_server_that_was_lost_sight_of_is_ended_first(place: Place) -> None:
    cluster.ensure_running(place, throwaway=True)
    lost = processes.running(place, "postgres")
    processes.forget(place, "postgres")
    cluster.ensure_running(place, throwaway=True)
    assert processes.running(place, "postgres") not in {None, lost}


def test_redis_starts_beside_a_socket_left_behind(place: Place) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as dead:
        dead.bind(str(place.sockets / "redis"))
    services.start_redis(place)
    assert processes.running(place, "redis")


def test_fonts_are_made_whole_from_those_installed(tmp_path: Path) -> None:
    fonts.main(tmp_path)
    there = {f"{name}.woff2" for name, file in fonts.FONTS.items() if system.font_file(file)}
    assert {file.name for file in tmp_path.iterdir()} == there
    assert all(file.read_bytes()[:4] == b"wOF2" for file in tmp_path.iterdir())


def test_catalogues_must_be_complete_and_certain(tmp_path: Path) -> None:
    template = extracted(tmp_path, os.environ)
    locale = tmp_path / "ours"
    for language in ("sv", "nn"):
        file = locale / language / "LC_MESSAGES" / "django.po"
        file.parent.mkdir(parents=True)
        subprocess.run(["msgen", "--output-file", str(file), str(template)], check=True)
        charset = file.read_text().replace("charset=CHARSET", "charset=UTF-8")
        file.write_text(charset)
    assert catalogues(os.environ, locale) == 0
    whole = file.read_text()
    file.write_text(whole.replace('msgid "Nynorsk"', '#, fuzzy\nmsgid "Nynorsk"'))
    assert catalogues(os.environ, locale) == 1
    file.write_text(whole.replace('msgstr "Nynorsk"', 'msgstr ""'))
    assert catalogues(os.environ, locale) == 1
    file.write_text(whole.replace('msgid "Nynorsk"', 'msgid "Nynorsk, but not any more"'))
    assert catalogues(os.environ, locale) == 1
