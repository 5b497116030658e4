"""The fixed words of notices: what was found and how, and what weighed. Facts alone, never a person."""

LANGUAGES = ("en", "km", "vi")

FACTS = {
    "user_report": {
        "en": "It was reported to us.",
        "km": "មានអ្នករាយការណ៍វាមកយើង។",
        "vi": "Nội dung này đã được báo cáo cho chúng tôi.",
    },
    "trusted_flagger": {
        "en": "A trusted flagger told us of it.",
        "km": "អ្នករាយការណ៍ដែលទុកចិត្តបានបានជូនដំណឹងមកយើង។",
        "vi": "Một tổ chức báo cáo tin cậy đã thông báo cho chúng tôi.",
    },
    "auto_flag": {
        "en": "It was found by automatic means.",
        "km": "វាត្រូវបានរកឃើញដោយមធ្យោបាយស្វ័យប្រវត្តិ។",
        "vi": "Nội dung được phát hiện bằng phương tiện tự động.",
    },
    "hash": {
        "en": "It was found by automatic means, as the same as content known before.",
        "km": "វាត្រូវបានរកឃើញដោយមធ្យោបាយស្វ័យប្រវត្តិ ព្រោះដូចគ្នានឹងខ្លឹមសារដែលស្គាល់ពីមុន។",
        "vi": "Nội dung được phát hiện bằng phương tiện tự động vì trùng với nội dung đã biết trước đó.",
    },
}
BY = {
    "human": {
        "en": "A person made this decision.",
        "km": "ការសម្រេចនេះធ្វើឡើងដោយមនុស្ស។",
        "vi": "Quyết định này do con người đưa ra.",
    },
    "auto": {
        "en": "This decision was made by automatic means.",
        "km": "ការសម្រេចនេះធ្វើឡើងដោយមធ្យោបាយស្វ័យប្រវត្តិ។",
        "vi": "Quyết định này được đưa ra bằng phương tiện tự động.",
    },
    "hash_propagated": {
        "en": "A person decided the same content before, and this decision was carried over by automatic means.",
        "km": "មនុស្សបានសម្រេចលើខ្លឹមសារដូចគ្នាពីមុន ហើយការសម្រេចនេះត្រូវបានអនុវត្តបន្តដោយមធ្យោបាយស្វ័យប្រវត្តិ។",
        "vi": "Con người đã quyết định về cùng nội dung trước đó, và quyết định này được áp dụng lại bằng phương tiện tự động.",
    },
}
# What weighed, by the codes moderators choose from (apps.decisions.verdict.RATIONALE).
REASONS = {
    "intent_clear": {"en": "the intent is clear", "km": "ចេតនាច្បាស់លាស់", "vi": "ý định rõ ràng"},
    "target_identifiable": {
        "en": "a person or group can be identified",
        "km": "អាចស្គាល់បុគ្គល ឬក្រុមបាន",
        "vi": "có thể nhận ra một người hoặc một nhóm",
    },
    "repeated": {"en": "it is repeated behaviour", "km": "ជាអាកប្បកិរិយាដដែលៗ", "vi": "hành vi lặp lại"},
    "minor_involved": {
        "en": "someone under age is involved",
        "km": "មានអនីតិជនពាក់ព័ន្ធ",
        "vi": "có người chưa thành niên liên quan",
    },
    "news": {"en": "news or documentation", "km": "ព័ត៌មាន ឬឯកសារ", "vi": "tin tức hoặc tư liệu"},
    "education": {
        "en": "education, science or art",
        "km": "ការអប់រំ វិទ្យាសាស្ត្រ ឬសិល្បៈ",
        "vi": "giáo dục, khoa học hoặc nghệ thuật",
    },
    "satire": {"en": "satire or humour", "km": "ការតិះដៀល ឬកំប្លែង", "vi": "châm biếm hoặc hài hước"},
    "condemns": {
        "en": "it is quoted to condemn it",
        "km": "ដកស្រង់ដើម្បីថ្កោលទោស",
        "vi": "được trích dẫn để lên án",
    },
    "self_reference": {
        "en": "it is about oneself or one's own group",
        "km": "និយាយអំពីខ្លួនឯង ឬក្រុមរបស់ខ្លួន",
        "vi": "nói về bản thân hoặc nhóm của mình",
    },
    "recovery": {
        "en": "it is about recovery or help, not promotion",
        "km": "និយាយអំពីការងើបឡើងវិញ ឬជំនួយ មិនមែនការលើកទឹកចិត្តទេ",
        "vi": "nói về hồi phục hoặc giúp đỡ, không phải cổ xúy",
    },
    "public_interest": {
        "en": "it is criticism of power or of public interest",
        "km": "ជាការរិះគន់អំណាច ឬជាផលប្រយោជន៍សាធារណៈ",
        "vi": "phê bình quyền lực hoặc vì lợi ích công cộng",
    },
    "context_missing": {
        "en": "context was missing",
        "km": "ខ្វះបរិបទ",
        "vi": "thiếu bối cảnh",
    },
}
WEIGHED = {
    "en": "What weighed: {reasons}.",
    "km": "អ្វីដែលបានពិចារណា៖ {reasons}។",
    "vi": "Điều được cân nhắc: {reasons}.",
}


def spoken(language: str) -> str:
    """The language a notice is written in: the reader's where there are words for it, else English."""
    return language if language in LANGUAGES else "en"


def weighed(codes: "list[str] | tuple[str, ...]", language: str) -> str:
    """One sentence of what weighed; '' when nothing was marked."""
    known = [REASONS[code][language] for code in codes if code in REASONS]
    return WEIGHED[language].format(reasons=", ".join(known)) if known else ""
