"""The words a decision gives to the author and to those who reported. Never who decided, never private notes."""

from collections.abc import Sequence
from typing import Any

LANGUAGES = ("en", "km", "vi")

AUTHOR = {
    "violates": {
        "en": "We reviewed what you posted. It breaks this rule: {rules}. What we did: {actions}. {facts}"
        "The rule, as it stood when we decided: {link}. A person made this decision. "
        "You can appeal within six months.",
        "km": "យើងបានពិនិត្យអ្វីដែលអ្នកបានបង្ហោះ។ វាផ្ទុយនឹងវិធាននេះ៖ {rules}។ អ្វីដែលយើងបានធ្វើ៖ {actions}។ {facts}"
        "វិធាន ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}។ ការសម្រេចនេះធ្វើឡើងដោយមនុស្ស។ "
        "អ្នកអាចប្តឹងជំទាស់ក្នុងរយៈពេលប្រាំមួយខែ។",
        "vi": "Chúng tôi đã xem xét nội dung bạn đăng. Nội dung này vi phạm quy tắc: {rules}. Biện pháp: {actions}. {facts}"
        "Quy tắc tại thời điểm quyết định: {link}. Quyết định này do con người đưa ra. "
        "Bạn có thể khiếu nại trong vòng sáu tháng.",
    },
    "no_violation": {
        "en": "We reviewed what you posted. It breaks no rule, and nothing was changed.",
        "km": "យើងបានពិនិត្យអ្វីដែលអ្នកបានបង្ហោះ។ វាមិនផ្ទុយនឹងវិធានណាមួយទេ ហើយគ្មានអ្វីត្រូវបានផ្លាស់ប្តូរឡើយ។",
        "vi": "Chúng tôi đã xem xét nội dung bạn đăng. Nội dung không vi phạm quy tắc nào và không có gì thay đổi.",
    },
}
REPORTER = {
    "violates": {
        "en": "Thank you for your report. We found that it breaks this rule: {rules}. What we did: {actions}. "
        "A person made this decision. You can ask for another review within six months.",
        "km": "សូមអរគុណចំពោះរបាយការណ៍របស់អ្នក។ យើងបានរកឃើញថាវាផ្ទុយនឹងវិធាននេះ៖ {rules}។ អ្វីដែលយើងបានធ្វើ៖ {actions}។ "
        "ការសម្រេចនេះធ្វើឡើងដោយមនុស្ស។ អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតក្នុងរយៈពេលប្រាំមួយខែ។",
        "vi": "Cảm ơn bạn đã báo cáo. Chúng tôi nhận thấy nội dung vi phạm quy tắc: {rules}. Biện pháp: {actions}. "
        "Quyết định này do con người đưa ra. Bạn có thể yêu cầu xem xét lại trong vòng sáu tháng.",
    },
    "no_violation": {
        "en": "Thank you for your report. We looked at it carefully and found no rule that it breaks, so it stays. "
        "A person made this decision. You can ask for another review within six months.",
        "km": "សូមអរគុណចំពោះរបាយការណ៍របស់អ្នក។ យើងបានពិនិត្យដោយយកចិត្តទុកដាក់ ហើយមិនបានរកឃើញវិធានណាដែលវាផ្ទុយទេ ដូច្នេះវានៅដដែល។ "
        "ការសម្រេចនេះធ្វើឡើងដោយមនុស្ស។ អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតក្នុងរយៈពេលប្រាំមួយខែ។",
        "vi": "Cảm ơn bạn đã báo cáo. Chúng tôi đã xem xét kỹ và không thấy quy tắc nào bị vi phạm, "
        "nên nội dung được giữ nguyên. "
        "Quyết định này do con người đưa ra. Bạn có thể yêu cầu xem xét lại trong vòng sáu tháng.",
    },
}
FACTS = {
    "user_report": {
        "en": "It was reported to us. ",
        "km": "មានអ្នករាយការណ៍វាមកយើង។ ",
        "vi": "Nội dung này đã được báo cáo cho chúng tôi. ",
    },
    "trusted_flagger": {
        "en": "A trusted flagger told us of it. ",
        "km": "អ្នករាយការណ៍ដែលទុកចិត្តបានបានជូនដំណឹងមកយើង។ ",
        "vi": "Một tổ chức báo cáo tin cậy đã thông báo cho chúng tôi. ",
    },
    "auto_flag": {
        "en": "It was found by automatic means. ",
        "km": "វាត្រូវបានរកឃើញដោយមធ្យោបាយស្វ័យប្រវត្តិ។ ",
        "vi": "Nội dung được phát hiện bằng phương tiện tự động. ",
    },
}
FACTS["hash"] = FACTS["auto_flag"]


def compose(
    *,
    outcome: str,
    language: str,
    rules: Sequence[Any],
    action_titles: Sequence[str],
    detection_source: str,
    link: str,
    reported: bool,
) -> list[tuple[str, str, str]]:
    """(audience, language, text) for each notice a decision owes; none while nobody is sure.

    The author is told of restrictions; those who reported are told the outcome either way. A language
    without a template gets English.
    """
    if outcome not in AUTHOR:
        return []
    spoken = language if language in LANGUAGES else "en"
    facts = FACTS.get(detection_source, {}).get(spoken, "")
    words = {
        "rules": "; ".join(f"{rule.code} {rule.title}" for rule in rules),
        "actions": ", ".join(action_titles) or "—",
        "facts": facts,
        "link": link,
    }
    texts = []
    if outcome == "violates":
        texts.append(("author", spoken, AUTHOR[outcome][spoken].format(**words)))
    if reported:
        texts.append(("reporter", spoken, REPORTER[outcome][spoken].format(**words)))
    return texts
