"""The contract with exchanges: objects in the shape of the threatexchange package, without the package and the network."""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from apps.matching import operations
from apps.matching.errors import ExchangeAway
from apps.matching.exchanges import ref_of
from apps.matching.hashes import NewEntry
from apps.matching.models import Entry, Exchange
from apps.matching.operations.entering import add_entries
from tests.conftest import person
from tests.matching.conftest import HASH, bank, flipped


class Category(IntEnum):
    NEGATIVE_CLASS = 0
    INVESTIGATION_SEED = 1
    POSITIVE_CLASS = 2


@dataclass
class Opinion:
    category: Category
    tags: set = field(default_factory=set)


@dataclass
class Known:
    opinions: list

    def get_as_opinions(self):
        return self.opinions


@dataclass
class Checkpoint:
    update_time: int

    def is_stale(self):
        return False


@dataclass
class Delta:
    updates: dict
    checkpoint: Checkpoint


class Source:
    """An exchange with two steps, that fails after the first when told to."""

    fails = False
    asked: list = []

    def fetch_iter(self, supported_signal_types, checkpoint):
        Source.asked.append(checkpoint)
        yes, no = Opinion(Category.POSITIVE_CLASS, {"b", "a"}), Opinion(Category.NEGATIVE_CLASS)
        if checkpoint is None:
            updates = {
                ("pdq", HASH): Known([yes]),
                ("pdq", flipped(HASH, 99)): Known([yes, no]),
                ("pdq", "short"): Known([yes]),
                ("raw_text", "Meet me behind the old station tonight."): Known(
                    [Opinion(Category.INVESTIGATION_SEED)]
                ),
                ("video_md5", "0" * 32): Known([yes]),
            }
            yield Delta(updates, Checkpoint(1))
        if Source.fails:
            raise TimeoutError("the network")
        gone = {("pdq", HASH): None, ("raw_text", "Meet me behind the old station tonight."): None}
        yield Delta({**gone, ("pdq", flipped(HASH, 99)): Known([no])}, Checkpoint(2))


@pytest.fixture
def exchange(house, settings):
    Source.fails, Source.asked = False, []
    settings.MATCHING_EXCHANGES = {"sample": "tests.matching.test_exchanges.Source"}
    return Exchange.objects.create(name="Sample", kind="sample", bank=bank("shared", source="exchange"))


def test_what_an_exchange_tells_comes_in_and_what_it_withdraws_is_erased(exchange):
    Source.fails = True
    with pytest.raises(ExchangeAway):
        operations.follow_exchange(exchange.pk)
    exchange.refresh_from_db()
    assert (exchange.checkpoint, exchange.fetched_at) == ({"update_time": 1}, None)
    assert "TimeoutError" in exchange.trouble
    listed = {one.ref.split(":")[0] + one.opinion: one for one in Entry.objects.all()}
    assert sorted(listed) == ["pdqdisputed", "pdqpositive", "raw_textseed"]
    assert listed["pdqpositive"].tags == ["a", "b"]
    assert "station" not in listed["raw_textseed"].value
    # An exchange calls a text by its words: they are not kept, and what it withdraws is found all the same.
    words = b"Meet me behind the old station tonight."
    assert listed["raw_textseed"].ref == f"raw_text:{hashlib.sha256(words).hexdigest()}"
    operations.opine(actor=person("senior"), entry_id=listed["pdqdisputed"].pk, says="positive", why="It is.")

    Source.fails = False
    assert operations.follow_exchanges() == 1
    exchange.refresh_from_db()
    assert (exchange.checkpoint, exchange.trouble) == ({"update_time": 2}, "")
    assert Source.asked == [None, {"update_time": 1}]
    withdrawn = Entry.objects.get(pk=listed["pdqpositive"].pk)
    assert (withdrawn.value, withdrawn.purged_at is None) == ("", False)
    assert Entry.objects.get(pk=listed["raw_textseed"].pk).value == ""
    # The source says no now; somebody here said yes.
    assert Entry.objects.get(pk=listed["pdqdisputed"].pk).opinion == "disputed"
    assert Entry.objects.count() == 3


def test_an_exchange_nobody_set_up_is_named(exchange, settings, capsys):
    call_command("follow_exchange", "Sample")
    assert "new, 2 withdrawn." in capsys.readouterr().out
    settings.MATCHING_EXCHANGES = {}
    with pytest.raises(CommandError, match="No exchange of the kind “sample” is set up"):
        call_command("follow_exchange", "Sample")
    with pytest.raises(CommandError, match="name its kind"):
        call_command("follow_exchange", "Another")


def test_a_bank_is_loaded_from_the_command_line(house, tmp_path, capsys):
    bank("Files")
    file = tmp_path / "list.csv"
    file.write_text("signal,value\npdq," + "a" * 64 + "\npdq,b\n")
    with pytest.raises(CommandError, match="line 3: This kind has 64 digits; this has 1"):
        call_command("load_bank", str(file), bank="Files")
    call_command("load_bank", str(file), bank="Files", without_broken=True)
    assert "1 new, 0 known before, 1 of 2 lines left out." in capsys.readouterr().out


def test_words_that_were_kept_as_names_of_entries_are_hashed(house):
    hashed = import_module("apps.matching.migrations.0007_no_words_kept").HASHED
    words = "Meet me behind the old station tonight."
    news = [
        NewEntry(signal="text", value="ab" * 32, ref=f"raw_text:{words}"),
        NewEntry(signal="text", value="cd" * 32, ref=f"raw_text:{words} Now."),
        NewEntry(signal="pdq", value=HASH, ref=f"pdq:{HASH}"),
    ]
    with transaction.atomic():
        add_entries(bank=bank("shared", source="exchange"), entries=news, actor=None)
    kept, erased, picture = Entry.objects.order_by("id")
    operations.purge(actor=None, entry_ids=[erased.pk])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(hashed)
        cursor.execute(hashed)
    refs = [Entry.objects.get(pk=one.pk).ref for one in (kept, erased, picture)]
    assert refs == [ref_of("raw_text", words), ref_of("raw_text", f"{words} Now."), f"pdq:{HASH}"]
    with pytest.raises(IntegrityError, match="entry_hash_is_never_changed"), transaction.atomic():
        Entry.objects.filter(pk=kept.pk).update(value="ef" * 32)
