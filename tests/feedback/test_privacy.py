"""Nothing private leaves: not in any format, not in the manifest, not in the card."""

from datetime import timedelta

import pytest

from apps.feedback.keying import Pseudonyms
from apps.feedback.operations.exporting import export
from apps.feedback.opinions import RARE
from apps.feedback.redaction import is_code, redact
from apps.feedback.writers import FORMATS
from apps.intake.models import Author
from tests import make
from tests.feedback.conftest import read_jsonl, read_parquet
from tests.feedback.test_rows import with_picture


def everything_under(folder) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("format", list(FORMATS))
def test_nothing_planted_is_found_in_any_byte(decided, moderator, tmp_path, format):
    author = Author.objects.create(source="test", external_id="AUTHOR-ID-77", handle="@HANDLE-OF-AUTHOR")
    text = "Call +855 12 345 678 or mail dara.sok@example.com, see https://evil.example/x?y or ask @some_handle now"
    item = make.item(
        text=text, author=author, external_id="ITEM-ID-77", url="https://platform.example/SECRET-URL"
    )
    make.report(item, by="REPORTER-ID-77", comment="COMMENT-OF-REPORTER", notice={"name": "NOTIFIER-NAME"})
    words = {
        "private_note": "PRIVATE-NOTE-77",
        "explanation": "EXPLANATION-77",
        "parameters": {"x": "PARAMETER-77"},
    }
    decided(item=item, words=words)
    export(tmp_path, formats=[format], actor=None)
    written = everything_under(tmp_path)
    if format == "parquet":  # compressed: look inside as well
        table = read_parquet(tmp_path)
        written += str(table.to_pylist()).encode() + str(table.schema.metadata).encode()
    assert b"Call [phone] or mail [email], see [url] or ask [name] now" in written
    for planted in (
        "AUTHOR-ID-77", "HANDLE-OF-AUTHOR", "ITEM-ID-77", "SECRET-URL", "REPORTER-ID-77", "COMMENT-OF-REPORTER",
        "NOTIFIER-NAME", "PRIVATE-NOTE-77", "EXPLANATION-77", "PARAMETER-77", "12 345 678", "dara.sok", "evil.example",
        "some_handle", moderator.pseudonym, f'"{moderator.username}"',
    ):  # fmt: skip
        assert planted.encode() not in written, planted


def test_the_salt_is_in_no_byte_and_another_export_has_other_names(decided, tmp_path, monkeypatch):
    for _ in range(RARE):
        decided()
    salts: list[bytes] = []
    ask = Pseudonyms.digests

    def remembering(self, what, numbers):
        salts.append(self.salt)
        return ask(self, what, numbers)

    monkeypatch.setattr(Pseudonyms, "digests", remembering)
    (tmp_path / "a").mkdir()
    export(tmp_path / "a", formats=["jsonl"], actor=None)
    export(tmp_path / "b", formats=["jsonl"], actor=None)
    one, other = read_jsonl(tmp_path / "a")[0], read_jsonl(tmp_path / "b")[0]
    for name in ("item_id_hash", "author_id_hash", "reviewer_id_hash", "cluster_id"):
        assert one[name]
        assert one[name] != other[name]
    assert one["split"] == other["split"]
    written = everything_under(tmp_path)
    assert len(set(salts)) == 2
    for salt in salts:
        assert salt not in written
        assert salt.hex().encode() not in written


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        ("it was decided under the rule", {"rule_codes": ["YS-1"]}),
        ("it was opened for the rule", {"outcome": "no_violation", "considered": ["YS-1"]}),
        ("the rule has extreme exposure", {"rule_codes": ["GR-1"]}),
        ("the case was of extreme exposure", {"outcome": "unsure", "exposure": 4}),
    ],
)
def test_restricted_content_is_a_hash_and_a_label(decided, rows, why, fields):
    item = with_picture("c" * 64)
    item.contents.update(text="SOME WORDS")
    case = make.case(
        item=item, queue="fraud", rule_codes=fields.pop("considered", []), exposure=fields.pop("exposure", 0)
    )
    decision = decided(case=case, **fields)
    row = rows()[decision.pk]
    assert row["content_hashes"]["sha256"] == "c" * 64
    assert (row["media_ref"], row["text_redacted"]) == (None, None)
    assert row["label"] in ("violates", "not", "unsure")


def test_an_earlier_decision_on_the_same_item_is_restricted_too(decided, rows, senior):
    case = make.case(queue="fraud")
    first = decided(case=case)
    decided(case=case, by=senior, rule_codes=["YS-1"], purpose="appeal")
    other = decided()
    found = rows()
    assert found[first.pk]["text_redacted"] is None
    assert found[other.pk]["text_redacted"]


def test_a_rare_language_is_other_and_who_read_it_is_not_told(decided, rows):
    common = [decided(item=make.item(language="km", text="ពាក្យ")) for _ in range(5)]
    rare = decided(item=make.item(language="kac", text="Rare words."))
    found = rows()
    assert {found[one.pk]["language"] for one in common} == {"km"}
    assert None not in {found[one.pk]["reviewer_id_hash"] for one in common}
    assert (found[rare.pk]["language"], found[rare.pk]["reviewer_id_hash"]) == ("other", None)
    assert [vote["reviewer_id_hash"] for vote in found[rare.pk]["votes"]] == [None]


def test_a_reason_is_told_when_it_is_a_code_and_not_rare(decided, rows):
    reported = []
    for reason in ["scam"] * 5 + ["My neighbour Sok did it"] * 5 + ["rare_reason"]:
        item = make.item()
        made = make.report(item)
        type(made).objects.filter(pk=made.pk).update(
            reason=reason, received_at=made.received_at - timedelta(days=3)
        )
        reported.append(decided(item=item))
    found = rows()
    assert [found[one.pk]["report_reason"] for one in reported] == ["scam"] * 5 + ["other"] * 6


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to a.b+c@mail.example.co.uk!", "write to [email]!"),
        ("see http://x.example/a?b=c. Then", "see [url] Then"),
        ("go to shop.example.com/deal today", "go to [url] today"),
        ("join t.me/somegroup", "join [url]"),
        ("ask @dara_sok or ＠sok", "ask [name] or [name]"),
        ("ask @@dara", "ask @[name]"),
        ("សួរ @សុខដារ៉ា ទៅ", "សួរ [name] ទៅ"),
        ("call 012 345 678", "call [phone]"),
        ("call (855) 12-345-678 now", "call [phone] now"),
        ("call +855-12-345-678", "call [phone]"),
        ("ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨", "ទូរស័ព្ទ [phone]"),
        ("In 2024 there were 51 rules and 12,000 people.", "In 2024 there were 51 rules and 12,000 people."),
        ("e.g. this is fine... really", "e.g. this is fine... really"),
        ("", ""),
    ],
)
def test_what_is_taken_out_of_a_text(text, left):
    assert redact(text) == left


@pytest.mark.parametrize("piece", ["a.", "1 ", "a-", "@", "a@", "1---", "+", "%.+-", "a.com ", "(1"])
def test_a_text_made_to_be_slow_is_read_to_its_end(piece):
    redact((piece * 100_000)[:100_000])  # with unbounded patterns this took minutes


def test_what_reads_like_a_code():
    assert is_code("hate_speech")
    assert is_code("spam")
    assert not is_code("My neighbour")
    assert not is_code("call 012345678 please")
    assert not is_code("x" * 41)
