"""Days and countries as sentences name them, in the languages the public pages speak."""

from datetime import UTC, date, datetime

import pytest

from apps.days import day_in_words
from apps.intake.codes import COUNTRIES, WITH_ARTICLE, country_in_words


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "1 August 2026"), ("km", "1 សីហា 2026"), ("vi", "1/8/2026"), ("de", "1 August 2026")],
)
def test_a_day_is_told_as_people_write_it(language, words):
    assert day_in_words(date(2026, 8, 1), language) == words
    assert day_in_words(datetime(2026, 8, 1, 12, tzinfo=UTC), language) == words


def test_a_moment_is_told_by_the_day_where_the_house_counts_its_days(settings):
    settings.TIME_ZONE = "Asia/Phnom_Penh"
    assert day_in_words(datetime(2026, 12, 31, 20, tzinfo=UTC), "km") == "1 មករា 2027"


@pytest.mark.parametrize(
    ("code", "language", "words"),
    [
        ("US", "en", "the United States"),
        ("KH", "en", "Cambodia"),
        ("US", "vi", "Hoa Kỳ"),
        ("ZZ", "en", "ZZ"),
    ],
)
def test_a_country_has_its_article_in_an_english_sentence(code, language, words):
    assert country_in_words(code, language) == words


def test_only_countries_have_articles():
    assert WITH_ARTICLE <= COUNTRIES
