"""What the API does not take: each refusal says why, and changes nothing."""

import pytest

from tests.doors.programs import FLAG, ITEM, READING, REPORT, Program, refused, rows

NAME = "This may not be empty, begin or end with a space, or hold control characters."
ADDRESS = "This must be an address that begins with http:// or https:// and holds no space."
SOURCE = "Use letters, digits, dots, colons, dashes and underscores, beginning with a letter or digit."
PICTURE = {"url": "https://f.example/a", "mime": "image/png"}
INVALID = "Some of what was sent cannot be used. Nothing was changed."


@pytest.fixture
def platform(db):
    """A program that has sent one item, so that an unwanted change would show."""
    program = Program("ingest", "enforce")
    program.put(ITEM)
    return program


def report(**item):
    return {**REPORT, "item": {**ITEM, "external_id": "p2", **item}}


FIELDS = [
    ("unknown field", {**REPORT, "colour": "red"}, "colour", "There is no such field."),
    ("unknown field of the item", report(colour="red"), "item.colour", "There is no such field."),
    ("no item", {"reason": "spam"}, "item", "This is required."),
    ("no reason", {"item": ITEM}, "reason", "This is required."),
    ("empty reason", {**REPORT, "reason": ""}, "reason", "At least 1 character."),
    ("long reason", {**REPORT, "reason": "x" * 201}, "reason", "At most 200 characters."),
    ("item is text", {**REPORT, "item": "p1"}, "item", "This must be an object."),
    ("body is a list", [REPORT], "", "This must be an object."),
    (
        "unknown kind",
        report(kind="poem"),
        "item.kind",
        "Use one of 'text', 'image', 'video', 'audio', 'live' or 'account'.",
    ),
    ("number as text", report(views="12"), "item.views", "This must be a whole number."),
    ("text as number", report(text=12), "item.text", "This must be text."),
    ("half a view", report(views=1.5), "item.views", "This must be a whole number."),
    ("true as number", report(views=True), "item.views", "This must be a whole number."),
    ("negative views", report(views=-1), "item.views", "This must be at least 0."),
    ("views beyond counting", report(views=10**16), "item.views", "This must be at most 1000000000000000."),
    ("flag as text", report(signals={"minors": "yes"}), "item.signals.minors", "This must be true or false."),
    (
        "language",
        report(language="english"),
        "item.language",
        "Use a two-letter ISO 639-1 code, such as km or en.",
    ),
    (
        "language with country",
        report(language="en-US"),
        "item.language",
        "Use a two-letter ISO 639-1 code, such as km or en.",
    ),
    ("country", report(country="XX"), "item.country", "Use a two-letter ISO 3166-1 code, such as KH or VN."),
    ("source", report(source="my source"), "item.source", SOURCE),
    ("empty id", report(external_id=""), "item.external_id", NAME),
    ("long id", report(external_id="x" * 201), "item.external_id", "At most 200 characters."),
    ("id with a line break", report(external_id="a\nb"), "item.external_id", NAME),
    ("text too long", report(text="x" * 100_001), "item.text", "Text may be at most 100 kB long."),
    ("text too long in bytes", report(text="ក" * 33_334), "item.text", "Text may be at most 100 kB long."),
    ("comment too long", {**REPORT, "comment": "x" * 100_001}, "comment", "Text may be at most 100 kB long."),
    (
        "context too long",
        report(context=[{"text": "x" * 100_001}]),
        "item.context",
        "Context may be at most 100 kB long.",
    ),
    (
        "time without zone",
        report(posted_at="2026-03-01T09:30:00"),
        "item.posted_at",
        "Say the time zone too, such as Z or +07:00.",
    ),
    (
        "time as number",
        report(posted_at=1_770_000_000),
        "item.posted_at",
        "Write the moment as in ISO 8601, such as 2026-03-01T09:30:00Z.",
    ),
    ("future", report(posted_at="2999-01-01T00:00:00Z"), "item.posted_at", "This moment lies in the future."),
    ("past", report(posted_at="1066-10-14T00:00:00Z"), "item.posted_at", "This moment lies before 1970."),
    ("21 media", report(media=[PICTURE] * 21), "item.media", "At most 20 entries."),
    (
        "media without place",
        report(media=[{"mime": "image/png"}]),
        "item.media[0]",
        "Give either url or upload_id.",
    ),
    (
        "media in two places",
        report(media=[{**PICTURE, "upload_id": 1}]),
        "item.media[0]",
        "Give either url or upload_id.",
    ),
    ("media address", report(media=[{**PICTURE, "url": "ftp://f.example/a"}]), "item.media[0].url", ADDRESS),
    ("script address", report(url="javascript:alert(1)"), "item.url", ADDRESS),
    (
        "media hash",
        report(media=[{**PICTURE, "sha256": "xyz"}]),
        "item.media[0].sha256",
        "Write the SHA-256 as 64 lower-case hexadecimal digits.",
    ),
    (
        "no such upload",
        report(media=[{"upload_id": 404, "mime": "image/png"}]),
        "item.media[0].upload_id",
        "There is no such upload.",
    ),
    ("reporter without id", {**REPORT, "reporter": {}}, "reporter.external_id", "This is required."),
    ("notice", {**REPORT, "notice": {"email": "nobody"}}, "notice.email", "This is not an e-mail address."),
    ("rule", {**REPORT, "rule": "no such rule!"}, "rule", "Write a rule's code, such as HT-1."),
]


@pytest.mark.parametrize(
    ("body", "field", "reason"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS]
)
def test_a_field_that_cannot_be_used_is_named_and_nothing_is_kept(platform, body, field, reason):
    before = rows()
    sentence, errors = refused(platform.post("/reports", body), 422, "invalid")
    assert (sentence, errors) == (INVALID, {field: reason})
    assert rows() == before


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a.png", "http://localhost/a.png", "http://[::1]/a", "http://10.0.0.8/a", "http://169.254.169.254/latest",
     "http://2130706433/a", "http://0x7f.1/a", "http://[::ffff:10.0.0.1]/a"],
)  # fmt: skip
def test_a_private_address_is_refused_at_once(platform, url):
    before = rows()
    _, errors = refused(
        platform.post("/reports", report(media=[{"url": url, "mime": "image/png"}])), 422, "invalid"
    )
    assert errors == {"item.media[0].url": "This address leads into a private network: it is never fetched."}
    assert rows() == before


FLAGS = [
    (
        "score above one",
        [{"rule": "HT-1", "score": 1.1, "threshold": 0.5}],
        "scores[0].score",
        "This must be at most 1.0.",
    ),
    (
        "score as text",
        [{"rule": "HT-1", "score": "0.5", "threshold": 0.5}],
        "scores[0].score",
        "This must be a number.",
    ),
    ("no threshold", [{"rule": "HT-1", "score": 0.9}], "scores[0].threshold", "This is required."),
    ("no scores", [], "scores", "At least 1 entry."),
]


@pytest.mark.parametrize(
    ("scores", "field", "reason"), [case[1:] for case in FLAGS], ids=[case[0] for case in FLAGS]
)
def test_a_flag_that_cannot_be_used_is_refused(platform, scores, field, reason):
    before = rows()
    _, errors = refused(platform.post("/flags", {**FLAG, "scores": scores}), 422, "invalid")
    assert errors == {field: reason}
    assert rows() == before


def test_one_bad_reading_refuses_the_whole_list(platform):
    before = rows()
    _, errors = refused(platform.post("/views", [READING, {**READING, "views": "7"}]), 422, "invalid")
    assert errors == {"[1].views": "This must be a whole number."}
    assert rows() == before


def test_several_faults_are_said_at_once(platform):
    _, errors = refused(platform.post("/reports", {"item": {**ITEM, "kind": 7}, "x": 1}), 422, "invalid")
    assert errors.keys() == {"item.kind", "reason", "x"}
