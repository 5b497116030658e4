"""The words of the public page behind the link in an author's notice, and of the answer she gets, in the languages of notices."""

from apps.appeals.errors import TooManyAppeals
from apps.appeals.phrases import NAMES
from apps.appeals.phrases import PHRASES as OF_APPEALS
from apps.authority.errors import ContestedAlready, ContestLinkNotOurs, ContestTooLate, NothingToContest
from apps.errors import DomainError

# Said in the same words as of an appeal.
SHARED = (
    "skip", "language", "any_language", "files", "files_note", "file_refused", "received_on", "sent_once", "too_long",
    TooManyAppeals.code,
)  # fmt: skip
OWN: dict[str, dict[str, str]] = {
    "en": {
        "title": "Contest what was withheld under a law",
        "told": "What was withheld",
        "what": "What you posted breaks none of our rules. It is withheld in {country} under the law of that country ({basis}), and "  # noqa: E501
        "stays everywhere else.",
        "what_was": "What you posted breaks none of our rules. It was withheld in {country} under the law of that country ({basis}).",  # noqa: E501
        "on": "You were told on {date}.",
        "until": "You can contest this until {date}.",
        "hearing": "Somebody who took no part in this will look at it again and read what you write here.",
        "statement": "Why should it not be withheld there?",
        "send": "Send",
        "received": "You have contested this",
        "ended": "What came of it",
        "upheld": "It stays withheld in {country}.",
        "lifted": "It is no longer withheld in {country}.",
        "moot": "It is no longer withheld in {country}: the reason for it ended before what you wrote was decided.",
        "why": "Why:",
        "elsewhere": "If you disagree, you may turn to a court.",
        "missing": "Please say why it should not be withheld there.",
        ContestLinkNotOurs.code: "This link is not one of ours, or a part of it is missing. Use the whole link as it stands in your notice.",  # noqa: E501
        ContestTooLate.code: "The time in which this could be contested has passed.",
        ContestedAlready.code: "You have contested this already. You will be told what came of it.",
        NothingToContest.code: "It is no longer withheld, so there is nothing left to contest.",
    },
    "km": {
        "title": "ប្តឹងជំទាស់នឹងអ្វីដែលត្រូវបានបិទតាមច្បាប់",
        "told": "អ្វីដែលត្រូវបានបិទ",
        "what": "អ្វីដែលអ្នកបានបង្ហោះមិនផ្ទុយនឹងវិធានណាមួយរបស់យើងទេ។ វាត្រូវបានបិទក្នុង {country} តាមច្បាប់របស់ប្រទេសនោះ ({basis}) "
        "ហើយនៅដដែលនៅកន្លែងផ្សេងទៀតទាំងអស់។",
        "what_was": "អ្វីដែលអ្នកបានបង្ហោះមិនផ្ទុយនឹងវិធានណាមួយរបស់យើងទេ។ វាធ្លាប់ត្រូវបានបិទក្នុង {country} តាមច្បាប់របស់ប្រទេសនោះ ({basis})។",
        "on": "អ្នកត្រូវបានជូនដំណឹងនៅថ្ងៃទី {date}។",
        "until": "អ្នកអាចប្តឹងជំទាស់រហូតដល់ថ្ងៃទី {date}។",
        "hearing": "អ្នកដែលមិនបានចូលរួមក្នុងរឿងនេះនឹងពិនិត្យវាម្តងទៀត ហើយអានអ្វីដែលអ្នកសរសេរនៅទីនេះ។",
        "statement": "ហេតុអ្វីវាមិនគួរត្រូវបានបិទនៅទីនោះ?",
        "send": "ផ្ញើ",
        "received": "អ្នកបានប្តឹងជំទាស់ហើយ",
        "ended": "លទ្ធផល",
        "upheld": "វានៅតែត្រូវបានបិទក្នុង {country}។",
        "lifted": "វាលែងត្រូវបានបិទក្នុង {country} ទៀតហើយ។",
        "moot": "វាលែងត្រូវបានបិទក្នុង {country} ទៀតហើយ៖ មូលហេតុបានចប់មុនពេលអ្វីដែលអ្នកសរសេរត្រូវបានសម្រេច។",
        "why": "មូលហេតុ៖",
        "elsewhere": "ប្រសិនបើអ្នកមិនយល់ស្រប អ្នកអាចទៅកាន់តុលាការ។",
        "missing": "សូមប្រាប់ថាហេតុអ្វីវាមិនគួរត្រូវបានបិទនៅទីនោះ។",
        ContestLinkNotOurs.code: "តំណនេះមិនមែនជារបស់យើងទេ ឬខ្វះផ្នែកមួយ។ សូមប្រើតំណទាំងមូលដូចដែលមានក្នុងសេចក្តីជូនដំណឹងរបស់អ្នក។",
        ContestTooLate.code: "រយៈពេលដែលអាចប្តឹងជំទាស់បានកន្លងផុតហើយ។",
        ContestedAlready.code: "អ្នកបានប្តឹងជំទាស់រួចហើយ។ អ្នកនឹងត្រូវបានជូនដំណឹងអំពីលទ្ធផល។",
        NothingToContest.code: "វាលែងត្រូវបានបិទទៀតហើយ ដូច្នេះគ្មានអ្វីត្រូវប្តឹងជំទាស់ទេ។",
    },
    "vi": {
        "title": "Khiếu nại nội dung bị hạn chế theo luật",
        "told": "Nội dung bị hạn chế",
        "what": "Nội dung bạn đăng không vi phạm quy tắc nào của chúng tôi. Nội dung bị hạn chế tại {country} theo luật của nước đó "  # noqa: E501
        "({basis}) và vẫn giữ nguyên ở mọi nơi khác.",
        "what_was": "Nội dung bạn đăng không vi phạm quy tắc nào của chúng tôi. Nội dung đã bị hạn chế tại {country} theo luật của nước đó ({basis}).",  # noqa: E501
        "on": "Bạn được thông báo ngày {date}.",
        "until": "Bạn có thể khiếu nại đến ngày {date}.",
        "hearing": "Một người không tham gia việc này sẽ xem xét lại và đọc những gì bạn viết ở đây.",
        "statement": "Vì sao nội dung không nên bị hạn chế tại đó?",
        "send": "Gửi",
        "received": "Bạn đã khiếu nại",
        "ended": "Kết quả",
        "upheld": "Nội dung vẫn bị hạn chế tại {country}.",
        "lifted": "Nội dung không còn bị hạn chế tại {country}.",
        "moot": "Nội dung không còn bị hạn chế tại {country}: căn cứ đã chấm dứt trước khi điều bạn viết được quyết định.",
        "why": "Lý do:",
        "elsewhere": "Nếu không đồng ý, bạn có thể tìm đến tòa án.",
        "missing": "Vui lòng cho biết vì sao nội dung không nên bị hạn chế tại đó.",
        ContestLinkNotOurs.code: "Liên kết này không phải của chúng tôi hoặc bị thiếu một phần. Hãy dùng toàn bộ liên kết trong thông báo.",  # noqa: E501
        ContestTooLate.code: "Thời hạn khiếu nại đã qua.",
        ContestedAlready.code: "Bạn đã khiếu nại rồi. Bạn sẽ được thông báo kết quả.",
        NothingToContest.code: "Nội dung không còn bị hạn chế nên không còn gì để khiếu nại.",
    },
}
PHRASES = {code: {name: OF_APPEALS[code][name] for name in SHARED} | OWN[code] for code in NAMES}

# What the author is told of her contest, by what came of it.
ANSWERS: dict[str, dict[str, str]] = {
    "en": {
        "upheld": "You contested that what you posted is withheld in {country}. Somebody who took no part looked at it again: it stays "  # noqa: E501
        "withheld there, and nowhere else. Why: {reasons} If you disagree, you may turn to a court.",
        "lifted": "You contested that what you posted is withheld in {country}. Somebody who took no part looked at it again: it is no "  # noqa: E501
        "longer withheld. Why: {reasons}",
        "moot": "You contested that what you posted is withheld in {country}. The reason for it has ended meanwhile: it is no longer "  # noqa: E501
        "withheld.",
    },
    "km": {
        "upheld": "អ្នកបានប្តឹងជំទាស់ថាអ្វីដែលអ្នកបានបង្ហោះត្រូវបានបិទក្នុង {country}។ អ្នកដែលមិនបានចូលរួមបានពិនិត្យវាម្តងទៀត៖ វានៅតែត្រូវបានបិទនៅទីនោះ "
        "មិនមែននៅកន្លែងផ្សេងទេ។ មូលហេតុ៖ {reasons} ប្រសិនបើអ្នកមិនយល់ស្រប អ្នកអាចទៅកាន់តុលាការ។",
        "lifted": "អ្នកបានប្តឹងជំទាស់ថាអ្វីដែលអ្នកបានបង្ហោះត្រូវបានបិទក្នុង {country}។ អ្នកដែលមិនបានចូលរួមបានពិនិត្យវាម្តងទៀត៖ វាលែងត្រូវបានបិទទៀតហើយ។ "
        "មូលហេតុ៖ {reasons}",
        "moot": "អ្នកបានប្តឹងជំទាស់ថាអ្វីដែលអ្នកបានបង្ហោះត្រូវបានបិទក្នុង {country}។ មូលហេតុបានចប់ក្នុងពេលនោះ៖ វាលែងត្រូវបានបិទទៀតហើយ។",
    },
    "vi": {
        "upheld": "Bạn đã khiếu nại việc nội dung bạn đăng bị hạn chế tại {country}. Một người không tham gia đã xem xét lại: nội dung vẫn "  # noqa: E501
        "bị hạn chế tại đó và không ở nơi nào khác. Lý do: {reasons} Nếu không đồng ý, bạn có thể tìm đến tòa án.",
        "lifted": "Bạn đã khiếu nại việc nội dung bạn đăng bị hạn chế tại {country}. Một người không tham gia đã xem xét lại: nội dung "  # noqa: E501
        "không còn bị hạn chế. Lý do: {reasons}",
        "moot": "Bạn đã khiếu nại việc nội dung bạn đăng bị hạn chế tại {country}. Căn cứ đã chấm dứt trong thời gian đó: nội dung không "  # noqa: E501
        "còn bị hạn chế.",
    },
}

# What an author is told when a measure has ended that she did not contest, or contested in vain before.
ENDED: dict[str, str] = {
    "en": "What you posted had been withheld in {country} under the law of that country. That has ended: it is shown there again.",  # noqa: E501
    "km": "អ្វីដែលអ្នកបានបង្ហោះធ្លាប់ត្រូវបានបិទក្នុង {country} តាមច្បាប់របស់ប្រទេសនោះ។ ការបិទនោះបានចប់ហើយ៖ វាត្រូវបានបង្ហាញនៅទីនោះវិញ។",
    "vi": "Nội dung bạn đăng đã bị hạn chế tại {country} theo luật của nước đó. Việc hạn chế đã chấm dứt: nội dung lại được hiển thị tại đó.",  # noqa: E501
}


def refusal(error: DomainError, language: str) -> str:
    """A refusal in the reader's language; in the house's own words where there are none."""
    return PHRASES[language].get(error.code, error.sentence)


# What stands in the place of a legal basis where the authority named none.
NO_BASIS = {"en": "no article was named", "km": "មិនបានបញ្ជាក់មាត្រាណាមួយ", "vi": "không nêu điều khoản nào"}


def basis_in_words(basis: str, language: str) -> str:
    """The legal basis as the authority named it, or that it named none."""
    return basis or NO_BASIS.get(language, NO_BASIS["en"])
