"""The catalogues speak our voice, use the glossary's words, and reach the page."""

import gettext
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format
from pytest_django import Settings

from governance.models import Municipality
from scripts.checks import LANGUAGES
from scripts.places import ROOT
from tests.town import Town

#: Words that Bokmål writes so and Nynorsk in another way.
BOKMAL = set(
    """
    ansatt dem dere deres en et finnes fra gir gjøre hun hva hvem hver hvilke
    hvilken hvis hvor hvordan hvorfor ikke jeg kommer kun mye noe noen opplysninger sammen selv
    siden sier skrev taushetsplikt uke virksomhet være øyeblikksbilde åpen åpne
    """.split()
)
#: What an English word is called wherever it stands: English, Swedish, Nynorsk.
GLOSSARY = [
    ("snapshot", "ögonblicksbild", "augneblinksbilete"),
    ("editor", "redaktör", "redaktør"),
    ("diary number", "diarienum", "journalnum"),
    ("published rules", "publicerade regler", "publiserte regla"),
    ("communications unit", "kommunikationsenhet", "kommunikasjonseining"),
    ("guideline", "riktlinje", "retningslinje"),
    ("secrecy", "sekretess", "teieplikt"),
]


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the catalogues, compiled anew."""
    folder = tmp_path_factory.mktemp("locale")
    for language in LANGUAGES:
        inside = Path(language) / "LC_MESSAGES"
        (folder / inside).mkdir(parents=True)
        source, target = ROOT / "locale" / inside / "django.po", folder / inside / "django.mo"
        subprocess.run(["msgfmt", "--check", "-o", target, source], check=True)
    return folder


def texts(compiled: Path, language: str) -> dict[str, str]:
    """Every text and its translation; of a plural each form."""
    found = gettext.translation("django", compiled, [language])
    rows = vars(found)["_catalog"].items()
    pairs = [(key[0] if isinstance(key, tuple) else key, said) for key, said in rows]
    return {_words(f"{key}|{said}"): _words(said) for key, said in pairs if key}


def _words(said: str) -> str:
    return re.sub(r"%\(\w+\)[sd]", "", said)


@pytest.fixture
def translated(compiled: Path, settings: Settings) -> None:
    """Pages speak by the catalogues while the test runs."""
    settings.LOCALE_PATHS = [compiled]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_shouted(compiled: Path, language: str) -> None:
    assert not [said for said in texts(compiled, language).values() if "!" in said]


def test_nynorsk_is_not_bokmal(compiled: Path) -> None:
    for said in texts(compiled, "nn").values():
        words = set(re.findall(r"\w+", said.lower()))
        assert not words & BOKMAL, said


@pytest.mark.parametrize(("english", "swedish", "nynorsk"), GLOSSARY)
def test_one_thing_has_one_name(compiled: Path, english: str, swedish: str, nynorsk: str) -> None:
    for language, word in (("sv", swedish), ("nn", nynorsk)):
        for key, said in texts(compiled, language).items():
            if english in key.split("|")[0].lower():
                assert word in said.lower(), (language, key)


def test_the_register_speaks_to_volda_in_nynorsk(
    translated: None, town: Town, client: Client
) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(locale="nn")
    page = client.get(f"/{town.municipality.slug}/").content.decode()
    assert "Dette er alle kontoane som kommunen står bak." in page


def test_the_register_speaks_to_ekby_in_swedish(
    translated: None, town: Town, client: Client
) -> None:
    page = client.get(f"/{town.municipality.slug}/").content.decode()
    assert "Det här är alla konton som kommunen står bakom." in page


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("sv", "DATE_FORMAT", "20 november 2025"),
        ("nn", "DATE_FORMAT", "20. november 2025"),
        ("sv", "SHORT_DATE_FORMAT", "20 nov 2025"),
        ("sv", "WEEKDAY_FORMAT", "torsdag 20 november"),
        ("nn", "WEEKDAY_FORMAT", "torsdag 20. november"),
        ("nn", "SHORT_MONTH_DAY_FORMAT", "20. nov"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language: str, name: str, words: str) -> None:
    with translation.override(language):
        assert date_format(date(2025, 11, 20), name) == words
