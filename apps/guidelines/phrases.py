"""The few words around the guidelines on the public pages, in the languages that are there."""

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "in_force": "Version {number}, in force since {since}",
        "was_in_force": "Version {number}, in force from {since} to {until}",
        "superseded": "This version is no longer in force. Decisions of that time cite it, and it stays here unchanged.",
        "now": "What is in force now",
        "contents": "Contents",
        "principles": "Principles",
        "breaks": "Breaks the rule",
        "keeps": "Allowed",
        "may_be_done": "What may be done",
        "legal": "Legal category",
        "search": "Search",
        "search_label": "Search the guidelines",
        "found": "Found for “{q}”",
        "not_found": "Nothing found for “{q}”. Try one word, or a part of one.",
        "whole": "The whole document",
        "versions": "All versions",
        "changes": "What changed",
        "first": "The first version.",
        "new": "New",
        "reworded": "Reworded",
        "retired": "Retired",
        "permanent": "Permanent address of this wording",
        "feed": "Changes as a feed (RSS)",
        "language": "Language",
        "unread": "To be read by a native speaker: nobody with this language has read this translation over yet. "
        "Where it differs, the {source} text counts.",
        "stale": "The {source} text has been reworded since this was translated. The {source} text counts.",
        "newer": "Newer in {source}, and shown so until it is translated:",
        "source": "Read it in {source}",
        "why": "Why",
        "anchor": "Address of {code}",
        "none": "No guidelines have been published yet.",
        "skip": "Skip to the text",
    },
    "km": {
        "in_force": "ជំនាន់ {number} មានសុពលភាពចាប់ពី {since}",
        "was_in_force": "ជំនាន់ {number} មានសុពលភាពពី {since} ដល់ {until}",
        "superseded": "ជំនាន់នេះលែងមានសុពលភាពហើយ។ ការសម្រេចនៅសម័យនោះយោងលើវា ហើយវានៅទីនេះដោយមិនប្រែប្រួល។",
        "now": "អ្វីដែលមានសុពលភាពឥឡូវនេះ",
        "contents": "មាតិកា",
        "principles": "គោលការណ៍",
        "breaks": "ផ្ទុយនឹងវិធាន",
        "keeps": "អនុញ្ញាត",
        "may_be_done": "វិធានការដែលអាចអនុវត្ត",
        "legal": "ប្រភេទផ្លូវច្បាប់",
        "search": "ស្វែងរក",
        "search_label": "ស្វែងរកក្នុងគោលការណ៍ណែនាំ",
        "found": "រកឃើញសម្រាប់ “{q}”",
        "not_found": "រកមិនឃើញ “{q}” ទេ។ សូមសាកពាក្យមួយ ឬផ្នែកមួយនៃពាក្យ។",
        "whole": "ឯកសារទាំងមូល",
        "versions": "ជំនាន់ទាំងអស់",
        "changes": "អ្វីដែលបានផ្លាស់ប្តូរ",
        "first": "ជំនាន់ដំបូង។",
        "new": "ថ្មី",
        "reworded": "សរសេរឡើងវិញ",
        "retired": "ឈប់ប្រើ",
        "permanent": "អាសយដ្ឋានអចិន្ត្រៃយ៍នៃអត្ថបទនេះ",
        "feed": "ការផ្លាស់ប្តូរជា RSS",
        "language": "ភាសា",
        "unread": "ត្រូវការឱ្យអ្នកប្រើភាសានេះពីកំណើតអាន៖ មិនទាន់មានអ្នកចេះភាសានេះពិនិត្យការបកប្រែនេះទេ។ "
        "បើមានភាពខុសគ្នា អត្ថបទ {source} ជាគោល។",
        "newer": "ផ្នែកថ្មីជា {source} ដែលបង្ហាញជាភាសានោះរហូតដល់បានបកប្រែ៖",
        "stale": "អត្ថបទ {source} ត្រូវបានសរសេរឡើងវិញចាប់តាំងពីការបកប្រែនេះ។ អត្ថបទ {source} ជាគោល។",
        "source": "អានជា {source}",
        "why": "មូលហេតុ",
        "anchor": "អាសយដ្ឋាននៃ {code}",
        "none": "មិនទាន់មានគោលការណ៍ណែនាំត្រូវបានផ្សាយនៅឡើយទេ។",
        "skip": "រំលងទៅអត្ថបទ",
    },
    "vi": {
        "in_force": "Phiên bản {number}, có hiệu lực từ {since}",
        "was_in_force": "Phiên bản {number}, có hiệu lực từ {since} đến {until}",
        "superseded": "Phiên bản này không còn hiệu lực. Các quyết định thời đó viện dẫn nó, và nó được giữ nguyên ở đây.",
        "now": "Bản đang có hiệu lực",
        "contents": "Mục lục",
        "principles": "Nguyên tắc",
        "breaks": "Vi phạm quy tắc",
        "keeps": "Được phép",
        "may_be_done": "Biện pháp có thể áp dụng",
        "legal": "Phân loại pháp lý",
        "search": "Tìm",
        "search_label": "Tìm trong quy tắc",
        "found": "Kết quả cho “{q}”",
        "not_found": "Không tìm thấy “{q}”. Hãy thử một từ hoặc một phần của từ.",
        "whole": "Toàn bộ văn bản",
        "versions": "Mọi phiên bản",
        "changes": "Những thay đổi",
        "first": "Phiên bản đầu tiên.",
        "new": "Mới",
        "reworded": "Viết lại",
        "retired": "Bãi bỏ",
        "permanent": "Địa chỉ cố định của câu chữ này",
        "feed": "Thay đổi qua RSS",
        "language": "Ngôn ngữ",
        "unread": "Cần người bản ngữ đọc lại: chưa có ai biết ngôn ngữ này đọc lại bản dịch. "
        "Nếu có khác biệt, bản {source} có giá trị.",
        "stale": "Bản {source} đã được viết lại sau khi dịch. Bản {source} có giá trị.",
        "newer": "Phần mới hơn, hiển thị bằng {source} cho đến khi được dịch:",
        "source": "Đọc bằng {source}",
        "why": "Lý do",
        "anchor": "Địa chỉ của {code}",
        "none": "Chưa có quy tắc nào được công bố.",
        "skip": "Đến nội dung",
    },
}


PARTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "the title",
        "description": "the description",
        "violating_examples": "examples that break it",
        "allowed_examples": "allowed examples",
    },
    "km": {
        "title": "ចំណងជើង",
        "description": "ការពិពណ៌នា",
        "violating_examples": "ឧទាហរណ៍ដែលផ្ទុយនឹងវិធាន",
        "allowed_examples": "ឧទាហរណ៍ដែលអនុញ្ញាត",
    },
    "vi": {
        "title": "tiêu đề",
        "description": "phần mô tả",
        "violating_examples": "ví dụ vi phạm",
        "allowed_examples": "ví dụ được phép",
    },
}


def parts_in_words(parts: frozenset[str], language: str = "en") -> str:
    """Parts of a text by name, in their order on a page; English where nobody has written the names."""
    names = PARTS.get(language, PARTS["en"])
    return ", ".join(name for part, name in names.items() if part in parts)


def phrases(language: str) -> dict[str, str]:
    """The phrases in a language; English where nobody has written them."""
    return PHRASES.get(language, PHRASES["en"])
