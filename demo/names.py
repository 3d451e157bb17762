"""Invented people: every name is put together from these lists, the same way every time."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST = {
    "sv": (
        "Anna Sara Elif Karin Nils Jonas Maja Petra Oskar Ingrid Anton Hanna Leila Erik Johan "
        "Åsa Björn Göran Östen Linnéa Amir Zahra Tove Viktor Moa Gustav Ebba Samuel Noor Ulf "
        "Birgitta Kerstin Lovisa Henrik Mattias Therese Yusuf Alva Rasmus Cecilia Magnus Ellen "
        "Filip Agnes Daniel Josefin Mikael Sofia Ahmed Elsa"
    ).split(),
    "nn": (
        "Ingebjørg Olav Marit Sindre Åse Kåre Solveig Eirik Randi Jostein Turid Øystein Gunnhild "
        "Magne Siv Torbjørn Ragnhild Håvard Liv Asbjørn Kjersti Bjarte Synnøve Oddvar Mona Ola"
    ).split(),
}
_LAST = {
    "sv": (
        "Lindqvist Nyberg Holmgren Ek Dahlgren Berg Aydın Sandell Lund Öberg Ström Åkerlund "
        "Björk Hedman Sjöholm Wallin Falk Norén Östlund Ahlgren Blom Carlén Engdahl Forsell "
        "Granath Hult Isaksson Jansfors Kjellén Lidman Moberg Nordahl Olander Palm Rydell "
        "Stenmark Tegnér Ulfsdotter Vinge Wiklund Zetterlund Ådahl Ängquist Örn Rahimi Haddad "
        "Kovač Demir Nilsdotter Bengtsgård"
    ).split(),
    "nn": (
        "Aarset Bjørkedal Dravlaus Eiksund Folkestad Grepstad Høydal Indrehus Kvangarsnes "
        "Lauvstad Myklebust Nygard Osdal Rotset Steinsvik Tvergrov Ulvestad Velle Ytrehorn Østrem "
        "Ådneram Årset"
    ).split(),
}


def people(locale: str, seed: int) -> Iterator[str]:
    """Names without end, none twice, in an order that depends on the seed alone."""
    first, last = _FIRST[locale], _LAST[locale]
    size = len(first) * len(last)
    step = 7919  # a prime that divides neither list: every pair comes up before one returns
    for turn in range(size):
        place = (seed + turn * step) % size
        yield f"{first[place % len(first)]} {last[place // len(first)]}"
