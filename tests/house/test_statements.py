"""Statements that are planned once, for as long as a connection lasts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger.operations import record
from apps.matching.models import Cluster, Member
from apps.matching.queries import clusters_of
from apps.statements import Statement, among
from tests import make

ONE = Statement("house_test_one", "SELECT pseudonym FROM accounts_user WHERE id = %(id)s::bigint")


def plan_of(statement, values):
    """How it is carried out as this connection has planned it, sent as the statement is sent."""
    with CaptureQueriesContext(connection) as seen:
        statement.run(values)
    sent = seen.captured_queries[-1]["sql"]
    assert "EXECUTE house_test_one" in sent
    with connection.cursor() as cursor:
        cursor.execute(sent.replace("EXECUTE", "EXPLAIN EXECUTE"))
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture
def measured(moderator):
    """A table that PostgreSQL would rather read than look up in, as one of a few rows is."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1000000")  # however much this table has held before
        cursor.execute("EXPLAIN SELECT pseudonym FROM accounts_user WHERE id = 1")
        assert "Seq Scan" in cursor.fetchone()[0]  # what anybody else would do with it
    return moderator


def test_what_is_planned_while_a_table_is_small_goes_by_its_index_all_the_same(measured):
    plan = plan_of(ONE, {"id": measured.pk})
    assert "accounts_user_pkey" in plan
    assert "Seq Scan" not in plan


def test_what_goes_before_any_question_leaves_its_plan_alone(measured):
    record("house.tested", actor=None)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
        assert ONE.run({"id": measured.pk}) == (measured.pseudonym,)
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("off",)


def test_what_others_ask_after_the_transaction_is_planned_as_ever(transactional_db):
    assert ONE.run({"id": 0}) is None
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)


def test_thousands_that_lie_close_together_are_asked_for_as_all_between_and_others_by_name():
    close, few, far = range(1000, 1200), [7, 9], [*range(200), 1_000_000]
    assert among("item_id", close) == "item_id BETWEEN 1000 AND 1199"
    assert among("item_id", few) == "item_id = ANY('{7,9}'::bigint[])"
    assert among("item_id", []) == "item_id = ANY('{}'::bigint[])"
    assert among("item_id", far).startswith("item_id = ANY('{0,1,2,")
    assert "1000000}" in among("item_id", far)


def test_what_lies_between_and_was_not_asked_for_is_not_told(db):
    one, other = make.item(text="one"), make.item(text="other")
    cluster = Cluster.objects.create(lead=one)
    for item in (one, other):
        Member.objects.create(cluster=cluster, item=item, revision=1, signal="text", distance=0)
    around = [number for number in range(one.pk - 200, one.pk + 200) if number != other.pk]
    assert "BETWEEN" in among("item_id", around)
    assert clusters_of(around) == {one.pk: cluster.pk}
