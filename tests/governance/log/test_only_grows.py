"""The log only grows: the model refuses change, and the database does."""

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from governance import checks
from governance.models import AuditEntry, Checkpoint
from governance.models.audit import AppendOnlyError
from tests.governance.log.tampering import Sign, act
from tests.town import NOW, Town


@pytest.mark.parametrize("table", ["governance_auditentry", "governance_checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove_a_row(
    town: Town, sign_log: Sign, table: str, statement: str
) -> None:
    act(town)
    sign_log()
    with (
        pytest.raises(IntegrityError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_database_refuses_truncate_unless_it_is_a_test_database(town: Town) -> None:
    act(town)
    with connection.cursor() as cursor:
        # the function reads the name of the database, so the test stands in for another name
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'governance_only_grows'")
        body = cursor.fetchone()[0]
    assert "current_database() LIKE 'test\\_%'" in body
    elsewhere = body.replace("current_database()", "'uppsikt'::text")
    with (
        pytest.raises(IntegrityError, match="TRUNCATE is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION governance_only_grows() RETURNS trigger LANGUAGE plpgsql"
            f" AS $${elsewhere}$$"
        )
        cursor.execute("TRUNCATE governance_auditentry")


def test_a_production_database_may_not_be_named_like_a_test_database(settings: Settings) -> None:
    settings.PRODUCTION = True
    assert connection.settings_dict["NAME"].startswith("test_")
    [error] = checks.the_log_lies_in_no_test_database(None)
    assert error.id == "governance.E003"
    settings.PRODUCTION = False
    assert checks.the_log_lies_in_no_test_database(None) == []


def test_a_key_that_cannot_be_read_stops_the_start(settings: Settings) -> None:
    assert checks.keys_are_whole(None) == []
    settings.CHECKPOINT_KEY, settings.CUSTODY_KEYS = "x", ["y"]
    assert [error.id for error in checks.keys_are_whole(None)] == ["governance.E002"] * 2


def test_the_model_refuses_change_before_the_database_must(town: Town, sign_log: Sign) -> None:
    act(town)
    sign_log()
    for row in (AuditEntry.objects.get(), Checkpoint.objects.get()):
        for change in (
            row.save,
            row.delete,
            type(row).objects.all().delete,
            lambda row=row: type(row).objects.update(at=NOW),
            lambda row=row: type(row).objects.bulk_update([row], ["at"]),
        ):
            with pytest.raises(AppendOnlyError):
                change()


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_be_emptied() -> None:
    """What Django does between tests like this one; where it did not work, all would fail."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE governance_auditentry, governance_checkpoint")
