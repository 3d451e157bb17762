"""Every act leaves one row, in order and without gaps, and no row is ever changed."""

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from governance.audit import canonical, digest, leaf_of, line, record, record_many
from governance.models import AuditEntry, Municipality, PolicyVersion, User
from governance.roles import Role
from tests.town import NOW, Town


@dataclass
class Rule:
    clause: str
    law: tuple[str, ...] = ()
    policy_id: int | None = None


def test_an_act_leaves_one_row_that_says_who_what_when_and_under_which_clause(town: Town) -> None:
    entry = record(
        "unit.renamed", town.library, by=town.anna, now=NOW, under=Rule("Uppföljning"), earlier="Ek"
    )
    entry.refresh_from_db()
    assert AuditEntry.objects.get() == entry
    assert (entry.number, entry.act, entry.at) == (1, "unit.renamed", NOW)
    assert (entry.actor_id, entry.actor_name, entry.actor_title) == (
        town.anna.pk,
        "Anna Ek",
        "enhetschef",
    )
    assert (entry.subject_type, entry.subject_id) == ("governance.unit", town.library.pk)
    assert (entry.subject_label, entry.clause) == ("Ekby bibliotek", "Uppföljning")
    assert entry.facts == {"earlier": "Ek"}


def test_the_digest_is_that_of_the_canonical_json_as_a_leaf_of_rfc_6962(town: Town) -> None:
    entry = record("x", town.library, by=town.anna, now=NOW, ö=[1, {"b": None, "a": True}])
    expected = rfc8785.dumps(
        {
            "municipality": town.municipality.pk,
            "number": 1,
            "at": "2026-03-02T08:00:00.000000+00:00",
            "actor": {"id": town.anna.pk, "name": "Anna Ek", "title": "enhetschef"},
            "act": "x",
            "subject": {
                "type": "governance.unit",
                "id": town.library.pk,
                "label": "Ekby bibliotek",
            },
            "clause": "",
            "policy": None,
            "facts": {"ö": [1, {"b": None, "a": True}]},
        }
    )
    assert bytes(entry.leaf) == sha256(b"\x00" + expected).digest()


def test_a_row_read_back_has_the_same_canonical_json_whatever_its_facts(town: Town) -> None:
    entry = record(
        "x",
        town.library,
        by=town.anna,
        now=datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC),
        role=Role.EMPLOYEE,
        day=date(2026, 2, 28),
        moment=NOW,
        numbers=(0, -1, 2**53 - 1),
        nested={"é": ["𝄞", '\n"\\', {}], "a": []},
        empty=None,
        yes=True,
    )
    read = AuditEntry.objects.get()
    assert leaf_of(read) == bytes(read.leaf)
    assert entry == read
    assert read.facts["role"] == "employee"


@pytest.mark.parametrize(
    "value",
    [1.5, b"bytes", object(), {1, 2}, [0.1], {"a": 2.0}, 2**53, -(2**53), {1: 2}, {"𝄞": 1}],
)
def test_a_fact_that_is_not_plain_is_refused(town: Town, value: object) -> None:
    with pytest.raises(TypeError):
        record("x", town.library, by=town.anna, now=NOW, value=value)
    assert not AuditEntry.objects.exists()


plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), inner)
    ),
)


# on a busy machine the making of values is slow, which says nothing about the log
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(plain_values)
def test_the_canonical_json_is_that_of_rfc_8785_to_the_letter(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_numbers_run_without_gaps_in_each_municipality_by_itself(town: Town) -> None:
    for _ in range(3):
        record("x", town.library, by=town.anna, now=NOW)
    record("x", town.neighbour_unit, by=town.otto, now=NOW)
    numbers = AuditEntry.objects.order_by("pk").values_list("municipality", "number")
    own = town.municipality.pk
    assert list(numbers) == [(own, 1), (own, 2), (own, 3), (town.neighbour.pk, 1)]


def test_a_batch_over_two_municipalities_is_numbered_in_both(town: Town) -> None:
    record("x", town.library, by=town.anna, now=NOW)
    lines = [
        line("swept", subject, now=NOW)
        for subject in (town.school, town.neighbour_unit, town.library)
    ]
    assert record_many(lines, by=User.objects.system(), now=NOW) == 3
    entries = AuditEntry.objects.filter(act="swept")
    assert {(e.subject_id, e.number) for e in entries} == {
        (town.school.pk, 2),
        (town.library.pk, 3),
        (town.neighbour_unit.pk, 1),
    }
    assert {e.actor_name for e in entries} == {"Uppsikt"}


def test_a_batch_costs_the_same_few_queries_whatever_its_size(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    system = User.objects.system()
    record("x", town.library, by=system, now=NOW)
    lines = [line("swept", town.library, now=NOW)] * 300
    with django_assert_num_queries(2):
        record_many(lines, by=system, now=NOW)


def test_an_empty_batch_writes_nothing(town: Town) -> None:
    assert record_many([], by=town.anna, now=NOW) == 0


def test_the_municipality_itself_can_be_what_a_row_is_about(town: Town) -> None:
    entry = record("municipality.opened", town.municipality, by=town.anna, now=NOW)
    assert entry.municipality == town.municipality


def test_what_belongs_to_no_municipality_is_refused(town: Town) -> None:
    with pytest.raises(ValueError, match="belongs to no municipality"):
        record("x", User.objects.system(), by=town.anna, now=NOW)


def test_a_naive_moment_is_refused(town: Town) -> None:
    with pytest.raises(ValueError, match="aware"):
        record("x", town.library, by=town.anna, now=NOW.replace(tzinfo=None))


def test_a_clause_brings_the_policy_version_in_force_or_the_one_it_names(town: Town) -> None:
    in_force = PolicyVersion.objects.get(municipality=town.municipality)
    entry = record("x", town.library, by=town.anna, now=NOW, under=Rule("5.3"))
    assert entry.policy_id == in_force.pk
    entry = record("x", town.library, by=town.anna, now=NOW, under=Rule("5.3", policy_id=77))
    assert entry.policy_id == 77


def test_what_comes_from_law_alone_carries_the_law(town: Town) -> None:
    entry = record("x", town.library, by=town.anna, now=NOW, under=Rule("", law=("BBS 5 §",)))
    assert entry.clause == "BBS 5 §"


def test_a_long_label_is_cut(town: Town) -> None:
    town.anna.name = "Å" * 400
    entry = record("x", town.anna, by=town.ben, now=NOW)
    assert len(entry.subject_label) == 300
    assert entry.subject_label.endswith("Å…")


def test_a_row_keeps_name_and_title_as_they_were(town: Town) -> None:
    entry = record("x", town.library, by=town.anna, now=NOW)
    User.objects.filter(pk=town.anna.pk).update(name="Anna Berg", title="sektorschef")
    entry.refresh_from_db()
    assert (entry.actor_name, entry.actor_title) == ("Anna Ek", "enhetschef")


def test_a_digest_tells_equal_from_different_and_belongs_to_one_municipality(town: Town) -> None:
    here = digest("Kalle Kommentator", town.municipality)
    assert here == digest("Kalle Kommentator", town.municipality)
    assert here != digest("kalle kommentator", town.municipality)
    assert here != digest("Kalle Kommentator", town.neighbour)
    # nobody without the key can try names on it
    assert sha256(b"Kalle Kommentator").hexdigest() not in here


@pytest.mark.django_db(transaction=True)
class TestBesideEachOther:
    def test_outside_a_transaction_nothing_is_recorded(self) -> None:
        place = _place()
        with pytest.raises(TransactionManagementError):
            record("x", place, by=User.objects.system(), now=NOW)

    def test_an_act_that_is_rolled_back_leaves_no_gap(self) -> None:
        place, system = _place(), User.objects.system()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record("x", place, by=system, now=NOW)
            raise ZeroDivisionError
        with transaction.atomic():
            assert record("x", place, by=system, now=NOW).number == 1

    def test_many_at_once_get_each_their_number(self) -> None:
        place, system = _place(), User.objects.system()
        ready = threading.Barrier(4)

        def act() -> None:
            try:
                ready.wait(timeout=10)
                for _ in range(5):
                    with transaction.atomic():
                        record("x", place, by=system, now=NOW)
            finally:
                connection.close()

        threads = [threading.Thread(target=act) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        numbers = AuditEntry.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 21))


def _place() -> Municipality:
    return Municipality.objects.create(slug="ekby", name="Ekby", country="SE", locale="sv")
