import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.verdict import RATIONALE
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.notices import links
from apps.notices.composing import compose
from apps.notices.errors import TemplateIncomplete, TemplateMoved
from apps.notices.models import NEEDS, NoticeTemplate
from apps.notices.operations import check, publish
from apps.notices.phrases import LANGUAGES, REASONS
from apps.notices.queries import wording
from apps.notices.starter import STARTER
from tests import make

PAGE = "/notices/author_restricted/en/"
GOOD = "{rules} {actions} {facts} {automation} Read {link}. Appeal: {appeal} until {until}. Take care."


def test_every_notice_has_complete_words_in_every_language():
    assert set(STARTER) == set(NEEDS)
    for kind, texts in STARTER.items():
        assert set(texts) == set(LANGUAGES)
        for text in texts.values():
            check(kind, text)
    assert set(REASONS) == set(RATIONALE)
    assert all(set(words) == set(LANGUAGES) for words in REASONS.values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("{appeal}", ""), "{appeal} is missing."),
        (GOOD + " {moderator}", "{moderator} is nothing that can be filled in."),
        (GOOD + " {", "A brace stands alone."),
        (GOOD + "x" * 4000, "At most 4,000 characters"),
    ],
)
def test_a_wording_with_a_missing_placeholder_is_not_published(signed_in, policy, text, reason):
    page = signed_in(policy).post(PAGE, {"text": text, "after": "1"})
    assert page.status_code == 422
    words = page.content.decode()
    assert reason in words
    assert "Your text is still here" in words
    assert text.strip()[:60] in words.replace("&#x27;", "'")
    assert not NoticeTemplate.objects.exists()
    assert not Event.objects.filter(kind="notice_template.published").exists()


def test_the_database_refuses_it_too(policy):
    with pytest.raises(IntegrityError, match="notice_template_has_every_placeholder"), transaction.atomic():
        NoticeTemplate.objects.create(
            kind="author_restricted", language="en", number=2, text="Sorry.", published_by=policy
        )
    with pytest.raises(IntegrityError, match="notice_template_has_every_placeholder"), transaction.atomic():
        NoticeTemplate.objects.create(
            kind="to_nobody", language="en", number=2, text=GOOD, published_by=policy
        )


def test_what_is_published_is_said_from_then_on_and_what_was_before_stays_to_be_read(signed_in, policy):
    make.house()
    sent = signed_in(policy).post(PAGE, {"text": GOOD, "after": "1"})
    assert (sent.status_code, wording("author_restricted", "en").number) == (302, 2)
    assert wording("author_restricted", "km").number == 1
    at = now()
    told = compose(
        outcome="violates", language="en", edition=in_force(), rules=["AU-4"], actions=["remove", "report_authority"],
        rationale=[], detection_source="auto_flag", origin="auto", reported=False, on_appeal=False, case_id=7,
        decided_at=at,
    )  # fmt: skip
    [(audience, language, text)] = told
    assert (audience, language) == ("author", "en")
    assert "AU-4" in text
    assert "(1.1.0)" in text
    assert (
        "Remove content It was found by automatic means. This decision was made by automatic means." in text
    )
    assert "Take care." in text
    assert "authority" not in text
    token = text.split("/appeal/en/")[1].split("/")[0]
    assert links.read(token) == links.Told(7, at, "author")
    with pytest.raises(TemplateMoved):
        publish(actor=policy, kind="author_restricted", language="en", text=GOOD, after=1)
    with pytest.raises(TemplateIncomplete):
        publish(actor=policy, kind="author_restricted", language="en", text="", after=2)
    page = signed_in(policy).get(PAGE).content.decode()
    assert "Wording 2 is in force" in page
    assert NoticeTemplate.objects.count() == 1
