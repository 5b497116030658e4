"""What the database itself refuses, tried with raw statements; and two at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from apps.decisions.models import Decision
from apps.ledger.operations import drain
from apps.matching import lookup, operations
from apps.matching.models import Entry, Match
from tests import make
from tests.conftest import person
from tests.matching.conftest import HASH, bank, entry, flipped, picture


def refused(name: str, sql: str, *values) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_database_keeps_banks_entries_and_opinions_true(house):
    made = bank()
    known = entry(made, "pdq", HASH)
    for name, change in (
        ("bank_is_never_verified_by_who_made_it", "verified_by_id = created_by_id"),
        ("bank_is_always_audited", "audit_share = 0"),
        ("bank_distance_0_to_31", "distance = 32"),
        ("bank_enabled_ratio_0_to_1", "enabled_ratio = 1.5"),
        ("bank_verified_says_who_when_and_why", "verified_because = ''"),
    ):
        refused(name, f"UPDATE matching_bank SET {change} WHERE id = %s", made.pk)
    for name, sql in (
        ("entry_hash_is_never_changed", f"UPDATE matching_entry SET value = '{'a' * 64}'"),
        ("entry_hash_is_never_changed", "DELETE FROM matching_entry"),
        ("entry_hash_has_its_length", "UPDATE matching_entry SET purged_at = now()"),
    ):
        refused(name, sql)
    refused(
        "entry_hash_has_its_length",
        "INSERT INTO matching_entry (bank_id, signal, value, tags, ref, why, source_says, opinion, enabled, change)"
        " VALUES (%s, 'pdq', 'abc', '{}', '', '', 'positive', 'positive', true, 0)",
        made.pk,
    )
    operations.opine(actor=person("senior"), entry_id=known.pk, says="negative", why="A logo.")
    refused("opinion_changes_only_by_being_withdrawn", "UPDATE matching_opinion SET says = 'positive'")
    refused("opinion_changes_only_by_being_withdrawn", "DELETE FROM matching_opinion")
    item = picture(HASH)
    drain()
    assert Match.objects.get(item=item).verdict == "person"
    refused("automatic_match_is_verified_and_undisputed", "UPDATE matching_match SET verdict = 'auto'")


def test_the_database_keeps_sets_and_audits_true(house):
    entry(bank(audit_share=1), "pdq", HASH)
    picture(HASH)
    drain()
    refused("decision_set_reversed_says_who_and_why", "UPDATE decisions_decisionset SET reversed_at = now()")
    refused("decision_set_is_reversed_once", "UPDATE decisions_decisionset SET entry_id = 7")
    refused("decision_stays_in_its_set", "DELETE FROM decisions_decisioninset")
    refused(
        "match_is_never_audited_by_who_added_it",
        "UPDATE decisions_matchaudit SET verdict = 'stands', why = 'x', answered_at = now(), person_id = added_by_id",
    )
    senior = person("senior").pk
    answer = (
        "UPDATE decisions_matchaudit SET verdict = 'stands', why = 'x', answered_at = now(), person_id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(answer, [senior])
    refused("match_audit_is_answered_once", answer, senior)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE decisions_decisionset SET reversed_at = now(), reversed_by_id = %s, reversed_because = 'x'",
            [senior],
        )
    made = Decision.objects.create(
        **{
            field.attname: getattr(Decision.objects.get(), field.attname)
            for field in Decision._meta.concrete_fields
            if field.attname not in ("id", "supersedes_id")
        }
    )
    refused(
        "reversed_set_takes_in_no_more",
        "INSERT INTO decisions_decisioninset (set_id, decision_id) SELECT id, %s FROM decisions_decisionset",
        made.pk,
    )


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_while_banks_are_filled_disputed_and_asked_at_once_nothing_is_missed_and_nothing_disputed_decides():
    make.house()
    drain()
    made = bank()
    keeper, voice = person("policy2"), person("senior")
    start = threading.Barrier(3)

    def apart(action):
        def run():
            try:
                start.wait()
                return action()
            finally:
                connection.close()

        return run

    def fill():
        return [entry(made, "pdq", flipped(HASH, n * 40), actor=keeper).pk for n in range(4)]

    def dispute():
        for _ in range(40):
            for one in Entry.objects.filter(bank=made, opinion="positive"):
                operations.opine(actor=voice, entry_id=one.pk, says="negative", why="A logo.")

    def ask():
        for n in range(4):
            picture(flipped(HASH, n * 40))
            drain()

    with ThreadPoolExecutor(3) as pool:
        filled, *others = [pool.submit(apart(action)) for action in (fill, dispute, ask)]
        [one.result() for one in others]
        ids = filled.result()
    lookup.follow_entries()
    for n, id in enumerate(ids):
        assert lookup.entries["pdq"].near(flipped(HASH, n * 40)) == {id: 0}
    for decision in Decision.objects.all():
        match = Match.objects.get(item=decision.item)
        voices = match.entry.opinions.filter(says="negative")
        assert all(decision.decided_at <= one.at for one in voices)
