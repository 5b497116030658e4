"""What the public reports say, in the languages they are read in; and what every figure means."""

from dataclasses import dataclass

from apps.disclosure import answering, cells, counting

LANGUAGES = {"en": "English", "km": "ភាសាខ្មែរ", "vi": "Tiếng Việt"}

PAGE = {
    "en": {
        "title": "Transparency reports", "lead": "What was removed and restricted, who asked for it, and what came of it when somebody objected.",
        "none": "No report has been published yet.", "definitions": "What each number means", "print": "Print it, or save it as a PDF, from your browser.",
        "period": "From {0} to {1}", "edition": "Edition {0}, published {1}", "corrects": "What this edition corrects", "others": "Other editions of this period",
        "newer": "There is a newer edition of this period.", "files": "Files", "language": "Language", "skip": "Skip to the main part",
        "hidden": "fewer than {0}, or hidden so that such a number cannot be worked out", "unknown": "not known", "whole": "All", "nothing": "Nothing in this period.",
        "definition": "What does this mean?", "own": "In our own words", "recipients": "Active recipients of the service", "query": "How it is counted", "json": "All figures (JSON)", "csv": "All figures (CSV)", "eu": "European Union template (ten sheets, CSV)",
        "never": "What is published here never changes. A correction is a new edition, and says what was wrong.", "back": "All reports",
    },
    "km": {
        "title": "របាយការណ៍តម្លាភាព", "lead": "អ្វីដែលត្រូវបានលុប និងដាក់កម្រិត អ្នកណាបានស្នើសុំ និងលទ្ធផលនៅពេលមានអ្នកជំទាស់។",
        "none": "មិនទាន់មានរបាយការណ៍ណាត្រូវបានផ្សាយនៅឡើយទេ។", "definitions": "អត្ថន័យនៃចំនួននីមួយៗ", "print": "អាចបោះពុម្ព ឬរក្សាទុកជា PDF ពីកម្មវិធីរុករករបស់អ្នក។",
        "period": "ពី {0} ដល់ {1}", "edition": "លើកទី {0} ផ្សាយថ្ងៃទី {1}", "corrects": "អ្វីដែលលើកនេះកែតម្រូវ", "others": "លើកផ្សេងទៀតនៃរយៈពេលនេះ",
        "newer": "មានលើកថ្មីជាងនេះសម្រាប់រយៈពេលនេះ។", "files": "ឯកសារ", "language": "ភាសា", "skip": "រំលងទៅផ្នែកសំខាន់",
        "hidden": "តិចជាង {0} ឬត្រូវបានលាក់ ដើម្បីកុំឱ្យគណនារកចំនួនបែបនេះបាន", "unknown": "មិនដឹង", "whole": "ទាំងអស់", "nothing": "គ្មានអ្វីក្នុងរយៈពេលនេះទេ។",
        "definition": "នេះមានន័យដូចម្តេច?", "own": "តាមពាក្យរបស់យើងផ្ទាល់", "recipients": "អ្នកប្រើប្រាស់សេវាសកម្ម", "query": "របៀបរាប់", "json": "ចំនួនទាំងអស់ (JSON)", "csv": "ចំនួនទាំងអស់ (CSV)", "eu": "ទម្រង់សហភាពអឺរ៉ុប (ដប់សន្លឹក CSV)",
        "never": "អ្វីដែលបានផ្សាយនៅទីនេះមិនផ្លាស់ប្តូរឡើយ។ ការកែតម្រូវគឺជាលើកថ្មី ហើយបញ្ជាក់ថាមានអ្វីខុស។", "back": "របាយការណ៍ទាំងអស់",
    },
    "vi": {
        "title": "Báo cáo minh bạch", "lead": "Những gì đã bị gỡ và hạn chế, ai đã yêu cầu, và kết quả khi có người phản đối.",
        "none": "Chưa có báo cáo nào được công bố.", "definitions": "Ý nghĩa của từng con số", "print": "Bạn có thể in hoặc lưu thành PDF từ trình duyệt.",
        "period": "Từ {0} đến {1}", "edition": "Ấn bản {0}, công bố ngày {1}", "corrects": "Ấn bản này sửa điều gì", "others": "Các ấn bản khác của kỳ này",
        "newer": "Đã có ấn bản mới hơn của kỳ này.", "files": "Tệp", "language": "Ngôn ngữ", "skip": "Đến phần chính",
        "hidden": "ít hơn {0}, hoặc được ẩn để không thể suy ra con số như vậy", "unknown": "không rõ", "whole": "Tất cả", "nothing": "Không có gì trong kỳ này.",
        "definition": "Con số này nghĩa là gì?", "own": "Lời của chúng tôi", "recipients": "Người dùng đang hoạt động của dịch vụ", "query": "Cách đếm", "json": "Mọi con số (JSON)", "csv": "Mọi con số (CSV)", "eu": "Mẫu của Liên minh châu Âu (mười bảng, CSV)",
        "never": "Những gì đã công bố ở đây không bao giờ thay đổi. Bản sửa là một ấn bản mới và nêu rõ điều gì đã sai.", "back": "Tất cả báo cáo",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    en: str
    km: str
    vi: str

    def in_(self, language: str) -> str:
        return {"km": self.km, "vi": self.vi}.get(language, self.en)


TABLES = {
    "removals_by_rule": Said("Removals by rule", "ការលុបតាមវិធាន", "Nội dung bị gỡ theo quy tắc"),
    "removals_by_language": Said("Removals by language", "ការលុបតាមភាសា", "Nội dung bị gỡ theo ngôn ngữ"),
    "removals_by_country": Said("Removals by country", "ការលុបតាមប្រទេស", "Nội dung bị gỡ theo quốc gia"),
    "removals_by_source": Said("Removals by how they were found", "ការលុបតាមរបៀបដែលរកឃើញ", "Nội dung bị gỡ theo cách phát hiện"),
    "removals_by_decided_by": Said("Removals by who decided", "ការលុបតាមអ្នកសម្រេច", "Nội dung bị gỡ theo bên quyết định"),
    "views_before": Said("How many had seen what was removed", "ចំនួនអ្នកដែលបានឃើញមុនពេលលុប", "Bao nhiêu người đã xem trước khi gỡ"),
    "actions": Said("Restrictions that took effect", "ការដាក់កម្រិតដែលបានចូលជាធរមាន", "Các hạn chế đã có hiệu lực"),
    "appeals_by_rule": Said("Appeals by rule", "បណ្តឹងតាមវិធាន", "Khiếu nại theo quy tắc"),
    "appeals_by_language": Said("Appeals by language", "បណ្តឹងតាមភាសា", "Khiếu nại theo ngôn ngữ"),
    "appeals_by_source": Said("Appeals by how it was found", "បណ្តឹងតាមរបៀបដែលរកឃើញ", "Khiếu nại theo cách phát hiện"),
    "appeals_by_decider": Said("Appeals by who had decided", "បណ្តឹងតាមអ្នកដែលបានសម្រេច", "Khiếu nại theo bên đã quyết định"),
    "appeals_by_side": Said("Appeals by who appealed", "បណ្តឹងតាមអ្នកប្តឹង", "Khiếu nại theo người khiếu nại"),
    "authorities": Said("Requests of authorities", "សំណើរបស់អាជ្ញាធរ", "Yêu cầu của cơ quan nhà nước"),
    "contests_by_country": Said("Contests of what local law withheld, by country", "ការប្តឹងជំទាស់នឹងអ្វីដែលបិទតាមច្បាប់ក្នុងស្រុក តាមប្រទេស", "Khiếu nại việc hạn chế theo luật địa phương, theo quốc gia"),
    "contests_by_measure": Said("Contests of what local law withheld, by measure", "ការប្តឹងជំទាស់នឹងអ្វីដែលបិទតាមច្បាប់ក្នុងស្រុក តាមវិធានការ", "Khiếu nại việc hạn chế theo luật địa phương, theo biện pháp"),
    "disputes": Said("Disputes before out-of-court bodies", "វិវាទនៅមុខស្ថាប័នក្រៅតុលាការ", "Tranh chấp trước tổ chức ngoài tòa án"),
    "decisions": Said("Decisions", "ការសម្រេច", "Quyết định"),
    "notices": Said("Reports that came in", "របាយការណ៍ដែលបានទទួល", "Báo cáo nhận được"),
    "misuse": Said("Misuse of the service", "ការប្រើប្រាស់សេវាខុស", "Lạm dụng dịch vụ"),
    "detectors": Said("Detectors and their errors", "ប្រព័ន្ធរាវរក និងកំហុសរបស់វា", "Bộ phát hiện và sai sót"),
    "prevalence": Said("What nobody had flagged", "អ្វីដែលគ្មានអ្នកណាសម្គាល់", "Những gì chưa ai đánh dấu"),
    "people": Said("Moderators by language", "អ្នកត្រួតពិនិត្យតាមភាសា", "Người kiểm duyệt theo ngôn ngữ"),
}  # fmt: skip

COLUMNS = {
    "removals": Said("Removed", "បានលុប", "Đã gỡ"),
    "zero_view_rate": Said("At zero views", "គ្មានអ្នកមើល", "Không lượt xem"),
    "zero_view_rate_net": Said("… without reinstated", "… មិនរាប់ដែលដាក់មកវិញ", "… trừ nội dung khôi phục"),
    "views_coverage": Said("Views known", "ដឹងចំនួនមើល", "Biết lượt xem"),
    "mean_views": Said("Mean views before", "មធ្យមនៃការមើលមុនលុប", "Lượt xem trung bình trước đó"),
    "proactive_rate": Said("Before any report", "មុនមានរបាយការណ៍", "Trước mọi báo cáo"),
    "within_24h_rate": Said("Within 24 hours", "ក្នុង ២៤ ម៉ោង", "Trong 24 giờ"),
    "posted_coverage": Said("Posting time known", "ដឹងពេលបង្ហោះ", "Biết giờ đăng"),
    "reinstated": Said("Reinstated", "បានដាក់មកវិញ", "Đã khôi phục"),
    "reinstatement_rate": Said("Share reinstated", "ភាគដាក់មកវិញ", "Tỷ lệ khôi phục"),
    "views_share": Said("Share", "ភាគ", "Tỷ lệ"),
    "n": Said("How many", "ចំនួន", "Số lượng"),
    "appeals": Said("Appeals decided", "បណ្តឹងដែលបានសម្រេច", "Khiếu nại đã giải quyết"),
    "changed": Said("Decision changed", "ការសម្រេចត្រូវបានប្តូរ", "Quyết định thay đổi"),
    "changed_rate": Said("Share changed", "ភាគដែលប្តូរ", "Tỷ lệ thay đổi"),
    "median_hours": Said("Median hours", "ម៉ោងមធ្យម (មេដ្យាន)", "Số giờ trung vị"),
    "p90_hours": Said("Nine in ten within, hours", "ប្រាំបួនក្នុងដប់ ក្នុងម៉ោង", "Chín phần mười trong, giờ"),
    "requests": Said("Requests", "សំណើ", "Yêu cầu"),
    "items": Said("Items asked for", "ខ្លឹមសារដែលស្នើ", "Nội dung bị yêu cầu"),
    "by_rules": Said("Acted on under our rules", "បានចាត់វិធានការតាមវិធានយើង", "Xử lý theo quy tắc của chúng tôi"),
    "by_law": Said("Withheld under local law only", "រារាំងតាមច្បាប់ក្នុងស្រុកប៉ុណ្ណោះ", "Chỉ hạn chế theo luật địa phương"),
    "refused": Said("Refused", "បានបដិសេធ", "Từ chối"),
    "open": Said("Not ended", "មិនទាន់ចប់", "Chưa kết thúc"),
    "informal": Said("Informal contacts", "ការទាក់ទងក្រៅផ្លូវការ", "Liên hệ không chính thức"),
    "refusal_rate": Said("Share refused", "ភាគបដិសេធ", "Tỷ lệ từ chối"),
    "disputes": Said("Received", "បានទទួល", "Đã nhận"),
    "disputes_ended": Said("Ended", "បានចប់", "Đã kết thúc"),
    "disputes_changed": Said("Against our decision", "ប្រឆាំងនឹងការសម្រេចរបស់យើង", "Trái với quyết định của chúng tôi"),
    "median_days": Said("Median days", "ថ្ងៃមធ្យម (មេដ្យាន)", "Số ngày trung vị"),
    "complied": Said("Complied with", "បានអនុវត្តតាម", "Đã thực hiện"),
    "complied_rate": Said("Share complied with", "ភាគដែលបានអនុវត្តតាម", "Tỷ lệ thực hiện"),
    "contests": Said("Received", "បានទទួល", "Đã nhận"),
    "contests_decided": Said("Decided", "បានសម្រេច", "Đã giải quyết"),
    "contests_lifted": Said("Measure lifted", "បានដកវិធានការ", "Biện pháp được dỡ bỏ"),
    "contests_upheld": Said("Measure stands", "វិធានការនៅដដែល", "Biện pháp giữ nguyên"),
    "trusted": Said("Of trusted flaggers", "ពីអ្នករាយការណ៍ដែលទុកចិត្ត", "Từ bên báo cáo tin cậy"),
    "answered": Said("Answered", "បានឆ្លើយ", "Đã trả lời"),
    "flagged": Said("Flagged and judged", "បានសម្គាល់ និងវិនិច្ឆ័យ", "Đánh dấu và đã xét"),
    "error_rate": Said("Flagged wrongly", "សម្គាល់ខុស", "Đánh dấu sai"),
    "compared": Said("Compared with people", "បានប្រៀបធៀបនឹងមនុស្ស", "So với con người"),
    "agreement": Said("Same answer", "ចម្លើយដូចគ្នា", "Cùng câu trả lời"),
    "prevalence": Said("Share that breaks a rule", "ភាគដែលបំពានវិធាន", "Tỷ lệ vi phạm"),
    "low": Said("95 % interval from", "ចន្លោះ ៩៥ % ពី", "Khoảng 95 % từ"),
    "high": Said("to", "ដល់", "đến"),
    "judged": Said("Looked at", "បានពិនិត្យ", "Đã xem xét"),
    "people": Said("People", "មនុស្ស", "Số người"),
}  # fmt: skip
SHARES = frozenset(
    name for name in COLUMNS if name.endswith(("_rate", "_coverage"))
) | {"zero_view_rate_net", "agreement", "prevalence", "low", "high", "views_share"}  # fmt: skip

KEYS = {
    "user_report": Said("Reported by a user", "រាយការណ៍ដោយអ្នកប្រើ", "Người dùng báo cáo"),
    "trusted_flagger": Said("Notified by a trusted flagger", "ជូនដំណឹងដោយអ្នករាយការណ៍ទុកចិត្ត", "Bên báo cáo tin cậy"),
    "gov": Said("Asked for by an authority", "ស្នើដោយអាជ្ញាធរ", "Cơ quan nhà nước yêu cầu"),
    "auto_flag": Said("Found by a detector", "រកឃើញដោយប្រព័ន្ធរាវរក", "Bộ phát hiện tìm ra"),
    "hash": Said("Recognised as a copy", "ស្គាល់ថាជាច្បាប់ចម្លង", "Nhận ra là bản sao"),
    "virality": Said("Looked at because it spread", "ពិនិត្យដោយសារវារាលដាល", "Xem xét vì lan truyền"),
    "human": Said("A person", "មនុស្ស", "Con người"),
    "auto": Said("Automatic", "ស្វ័យប្រវត្តិ", "Tự động"),
    "hash_propagated": Said("Carried over from a copy", "អនុវត្តបន្តពីច្បាប់ចម្លង", "Áp dụng từ bản sao"),
    "author": Said("The author", "អ្នកនិពន្ធ", "Tác giả"),
    "reporter": Said("Somebody who reported", "អ្នករាយការណ៍", "Người báo cáo"),
    "violates": Said("Breaks a rule", "បំពានវិធាន", "Vi phạm quy tắc"),
    "no_violation": Said("No violation", "មិនបំពាន", "Không vi phạm"),
    "unsure": Said("Not sure", "មិនប្រាកដ", "Chưa chắc"),
    "accounts_suspended": Said("Accounts suspended for a time", "គណនីផ្អាកមួយរយៈ", "Tài khoản bị tạm khóa"),
    "reporters_paused": Said("Reporters paused after a warning", "អ្នករាយការណ៍ផ្អាកក្រោយព្រមាន", "Người báo cáo bị tạm dừng sau cảnh báo"),
    "unknown": Said("Not known", "មិនដឹង", "Không rõ"),
    "": Said("All", "ទាំងអស់", "Tất cả"),
}  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """What a table means, and the statements that count it: `sums` as reports are drafted, `rows` to check them by."""

    says: Said
    sums: str
    rows: str = ""


REMOVED = Said(
    "Items whose first removal took effect in the period, on the ground of our rules. Not counted: what only local law "
    "asked for, accounts, what authors took away themselves, and what was taken back within ten seconds. “At zero views”: "
    "nobody but the author had seen it when it was removed; where views are not known the item is left out of that rate, "
    "and “views known” says of how many they are. “… without reinstated” leaves out what was put back later. “Before any "
    "report”: no user had reported it before it was found. “Within 24 hours” of being posted. Under rules, an item that "
    "broke two of them counts for both. These are shares of what was removed, not of all that breaks rules.",
    "ខ្លឹមសារដែលការលុបលើកដំបូងបានចូលជាធរមានក្នុងរយៈពេលនេះ ដោយផ្អែកលើវិធានរបស់យើង។ មិនរាប់៖ អ្វីដែលមានតែច្បាប់ក្នុងស្រុកតម្រូវ "
    "គណនី អ្វីដែលអ្នកនិពន្ធលុបដោយខ្លួនឯង និងអ្វីដែលដកវិញក្នុងដប់វិនាទី។ «គ្មានអ្នកមើល»៖ គ្មានអ្នកណាក្រៅពីអ្នកនិពន្ធបានឃើញវានៅពេលលុប; "
    "បើមិនដឹងចំនួនមើល មិនរាប់ក្នុងអត្រានោះទេ។ «មុនមានរបាយការណ៍»៖ គ្មានអ្នកប្រើបានរាយការណ៍មុនពេលរកឃើញ។ «ក្នុង ២៤ ម៉ោង» ក្រោយបង្ហោះ។ "
    "ទាំងនេះជាភាគនៃអ្វីដែលបានលុប មិនមែននៃអ្វីៗទាំងអស់ដែលបំពានវិធានទេ។",
    "Nội dung có lần gỡ đầu tiên có hiệu lực trong kỳ, dựa trên quy tắc của chúng tôi. Không tính: nội dung chỉ bị yêu cầu theo "
    "luật địa phương, tài khoản, nội dung tác giả tự gỡ, và những gì được rút lại trong mười giây. “Không lượt xem”: chưa ai "
    "ngoài tác giả xem khi bị gỡ; nếu không biết lượt xem thì không tính vào tỷ lệ đó. “Trước mọi báo cáo”: chưa người dùng nào "
    "báo cáo trước khi phát hiện. “Trong 24 giờ” kể từ khi đăng. Đây là tỷ lệ của những gì đã gỡ, không phải của mọi vi phạm.",
)  # fmt: skip
APPEALED = Said(
    "Appeals that were decided in the period, by a person who had taken no part before. “Decision changed”: overturned, "
    "wholly or in part. “Median hours” from the appeal to its decision.",
    "បណ្តឹងដែលបានសម្រេចក្នុងរយៈពេលនេះ ដោយមនុស្សដែលមិនបានចូលរួមពីមុន។ «ការសម្រេចត្រូវបានប្តូរ»៖ ទាំងស្រុង ឬមួយផ្នែក។ "
    "«ម៉ោងមធ្យម» គិតពីពេលប្តឹងដល់ពេលសម្រេច។",
    "Khiếu nại được giải quyết trong kỳ, bởi người chưa từng tham gia trước đó. “Quyết định thay đổi”: toàn bộ hoặc một phần. "
    "“Số giờ trung vị” từ khi khiếu nại đến khi giải quyết.",
)  # fmt: skip
CONTESTED = Said(
    "What breaks no rule and is withheld in one country under its law alone can be contested by its author; somebody who took "
    "no part decides. “Received”: contested in the period. “Decided”: decided in the period, whenever it was received; one whose "
    "measure ended first is received and never decided. What has to be kept quiet when a report is drafted is in no number.",
    "អ្វីដែលមិនបំពានវិធាន តែត្រូវបានបិទក្នុងប្រទេសមួយតាមច្បាប់របស់ប្រទេសនោះ អ្នកនិពន្ធអាចប្តឹងជំទាស់បាន; អ្នកដែលមិនបានចូលរួមជាអ្នកសម្រេច។ "
    "«បានទទួល»៖ បានប្តឹងក្នុងរយៈពេលនេះ។ «បានសម្រេច»៖ បានសម្រេចក្នុងរយៈពេលនេះ មិនថាទទួលពេលណាក៏ដោយ; បើវិធានការចប់មុន វាត្រូវរាប់ថាបានទទួល "
    "តែមិនរាប់ថាបានសម្រេចទេ។ អ្វីដែលត្រូវរក្សាការសម្ងាត់នៅពេលព្រាងរបាយការណ៍ មិនរាប់ទេ។",
    "Nội dung không vi phạm quy tắc nhưng bị hạn chế tại một nước theo luật nước đó thì tác giả có thể khiếu nại; người không tham gia "
    "việc đó quyết định. “Đã nhận”: khiếu nại trong kỳ. “Đã giải quyết”: quyết định trong kỳ, dù nhận khi nào; nếu biện pháp chấm dứt "
    "trước thì chỉ tính là đã nhận. Những gì phải giữ kín khi soạn báo cáo thì không được tính.",
)  # fmt: skip
DEFINITIONS = {
    **{id: Definition(CONTESTED, sql) for id, sql in counting.CONTESTS.items()},
    **{
        id: Definition(REMOVED, cells.REMOVALS_FROM_SUMS, cells.REMOVALS_FROM_ROWS)
        for id in TABLES
        if id.startswith("removals_")
    },
    "views_before": Definition(
        Said(
            "The removals of the tables before whose views are known, by how many people other than the author had seen the item when "
            "it was removed. Where a line would be small, it is put together with the next.",
            "ការលុបក្នុងតារាងខាងលើដែលដឹងចំនួនអ្នកមើល តាមចំនួនអ្នកក្រៅពីអ្នកនិពន្ធដែលបានឃើញវានៅពេលលុប។ បើចំនួនក្នុងជួរណាមួយតូច វាត្រូវបញ្ចូលជាមួយជួរបន្ទាប់។",
            "Các lần gỡ trong những bảng trên mà biết số lượt xem, theo số người khác ngoài tác giả đã xem khi bị gỡ. Dòng nào có số nhỏ thì "
            "được gộp với dòng kế tiếp.",
        ),
        cells.REMOVALS_FROM_SUMS,
        cells.REMOVALS_FROM_ROWS,
    ),
    **{id: Definition(APPEALED, sql) for id, sql in counting.APPEALS.items() if id in TABLES},
    "actions": Definition(
        Said(
            "Everything that was done and took effect in the period: to items and to accounts, on whatever ground. "
            "Reversals are not counted here, nor what has to be kept quiet when a report is drafted.",
            "អ្វីៗទាំងអស់ដែលបានធ្វើ និងចូលជាធរមានក្នុងរយៈពេលនេះ៖ ចំពោះខ្លឹមសារ និងគណនី លើមូលដ្ឋានណាក៏ដោយ។ មិនរាប់ការបញ្ច្រាសទេ។ អ្វីដែលត្រូវរក្សាការសម្ងាត់ មិនរាប់ទេ។",
            "Mọi việc đã làm và có hiệu lực trong kỳ: với nội dung và tài khoản, theo bất kỳ căn cứ nào. Không tính việc đảo ngược, cũng như những gì phải giữ kín khi soạn báo cáo.",
        ),
        cells.ACTIONS_FROM_SUMS,
        cells.ACTIONS_FROM_ROWS,
    ),
    "authorities": Definition(
        Said(
            "Requests of public authorities that came in during the period, by the country of the authority: orders, requests and "
            "informal contacts, such as a phone call. Each item is judged under our rules first, by somebody who does not know "
            "that a state asks. “Withheld under local law only”: no rule was broken, and it was withheld in that country alone. "
            "These numbers are told however small they are. What has to be kept quiet when a report is drafted is in none of them.",
            "សំណើរបស់អាជ្ញាធរសាធារណៈក្នុងរយៈពេលនេះ តាមប្រទេស៖ បញ្ជា សំណើ និងការទាក់ទងក្រៅផ្លូវការ ដូចជាទូរស័ព្ទ។ ខ្លឹមសារនីមួយៗត្រូវវិនិច្ឆ័យ"
            "តាមវិធានរបស់យើងជាមុន ដោយអ្នកដែលមិនដឹងថារដ្ឋស្នើ។ ចំនួនទាំងនេះត្រូវបង្ហាញ ទោះតូចប៉ុណ្ណាក៏ដោយ។ អ្វីដែលត្រូវរក្សាការសម្ងាត់ មិនរាប់ទេ។",
            "Yêu cầu của cơ quan nhà nước nhận được trong kỳ, theo quốc gia: lệnh, yêu cầu và liên hệ không chính thức như cuộc gọi. "
            "Mỗi nội dung trước hết được xét theo quy tắc của chúng tôi, bởi người không biết rằng nhà nước yêu cầu. Các con số này "
            "được công bố dù nhỏ đến đâu. Những gì phải giữ kín khi soạn báo cáo thì không được tính.",
        ),
        counting.AUTHORITIES,
    ),
    "disputes": Definition(
        Said(
            "Decisions of ours that somebody had looked at by a certified out-of-court body, by who turned to it. “Received” and “ended” in "
            "the period. “Against our decision”: the body would have it changed, wholly or in part; “complied with” is of these. "
            "“Median days” from the day it came in to the day it ended.",
            "ការសម្រេចរបស់យើងដែលមាននរណាម្នាក់ស្នើឱ្យស្ថាប័នក្រៅតុលាការដែលមានការបញ្ជាក់ពិនិត្យ តាមអ្នកដែលបានស្នើ។ «បានទទួល» និង «បានចប់» "
            "ក្នុងរយៈពេលនេះ។ «ប្រឆាំងនឹងការសម្រេចរបស់យើង»៖ ស្ថាប័ននោះចង់ឱ្យប្តូរទាំងស្រុង ឬមួយផ្នែក; «បានអនុវត្តតាម» គឺក្នុងចំណោមទាំងនេះ។ "
            "«ថ្ងៃមធ្យម» គិតពីថ្ងៃទទួលដល់ថ្ងៃចប់។",
            "Quyết định của chúng tôi mà ai đó đưa ra một tổ chức ngoài tòa án được chứng nhận xem xét, theo bên đưa ra. “Đã nhận” và “đã kết "
            "thúc” trong kỳ. “Trái với quyết định của chúng tôi”: tổ chức đó muốn thay đổi toàn bộ hoặc một phần; “đã thực hiện” tính trong "
            "số này. “Số ngày trung vị” từ ngày nhận đến ngày kết thúc.",
        ),
        counting.DISPUTES,
    ),
    "decisions": Definition(
        Said(
            "Decisions made in the period, each once. Hours from opening a case to its decision, known to about a tenth.",
            "ការសម្រេចក្នុងរយៈពេលនេះ រាប់ម្តងៗ។ ម៉ោងពីបើកករណីដល់សម្រេច ដឹងត្រឹមប្រហែលមួយភាគដប់។",
            "Quyết định trong kỳ, mỗi quyết định tính một lần. Số giờ từ khi mở vụ việc đến khi quyết định, chính xác khoảng một phần mười.",
        ),
        counting.DECISIONS + counting.TIMES,
    ),
    "notices": Definition(
        Said(
            "Reports that came in, by the rule that whoever reported named, if any. “Answered”: reports, whenever they came, about whose "
            "item it was first decided in the period whether it breaks a rule. “Median hours” from a report to that decision, of whole minutes.",
            "របាយការណ៍ដែលបានទទួល តាមវិធានដែលអ្នករាយការណ៍បានបញ្ជាក់ (បើមាន)។ «បានឆ្លើយ»៖ របាយការណ៍ មិនថាទទួលពេលណា ដែលខ្លឹមសាររបស់វា"
            "ត្រូវបានសម្រេចជាលើកដំបូងក្នុងរយៈពេលនេះ ថាបំពានវិធានឬអត់។ «ម៉ោងមធ្យម» គិតពីរបាយការណ៍ដល់ការសម្រេចនោះ ជានាទីគត់។",
            "Báo cáo nhận được, theo quy tắc mà người báo cáo nêu, nếu có. “Đã trả lời”: báo cáo, dù nhận khi nào, mà nội dung liên quan được "
            "quyết định lần đầu trong kỳ là có vi phạm hay không. “Số giờ trung vị” từ báo cáo đến quyết định đó, tính theo phút trọn.",
        ),
        counting.NOTICES + answering.MEDIAN_FROM_SUMS,
        answering.MEDIAN_FROM_ROWS,
    ),
    "misuse": Definition(
        Said(
            "Accounts suspended for a time, and reporters paused after a warning for sending what was unfounded again and again; a person decided each.",
            "គណនីដែលផ្អាកមួយរយៈ និងអ្នករាយការណ៍ដែលផ្អាកក្រោយព្រមាន ព្រោះផ្ញើអ្វីដែលគ្មានមូលដ្ឋានម្តងហើយម្តងទៀត; មនុស្សបានសម្រេចនីមួយៗ។",
            "Tài khoản bị tạm khóa, và người báo cáo bị tạm dừng sau cảnh báo vì liên tục gửi báo cáo vô căn cứ; mỗi trường hợp do con người quyết định.",
        ),
        counting.MISUSE,
    ),
    "detectors": Definition(
        Said(
            "What detectors had said before a person decided. “Flagged wrongly”: of what was over the threshold, the share that a person found to break no such rule.",
            "អ្វីដែលប្រព័ន្ធរាវរកបាននិយាយ មុនមនុស្សសម្រេច។ «សម្គាល់ខុស»៖ ភាគដែលមនុស្សរកឃើញថាមិនបំពានវិធាននោះ។",
            "Điều bộ phát hiện đã nói trước khi con người quyết định. “Đánh dấu sai”: tỷ lệ vượt ngưỡng mà con người thấy không vi phạm.",
        ),
        counting.DETECTORS,
    ),
    "prevalence": Definition(
        Said(
            "Of the items that nobody had flagged or reported, some are drawn by chance, with known probability, and looked at by a person. "
            "The share that breaks a rule is estimated from them, with its 95 % interval; whole weeks of the period.",
            "ក្នុងចំណោមខ្លឹមសារដែលគ្មានអ្នកណាសម្គាល់ ឬរាយការណ៍ មួយចំនួនត្រូវបានជ្រើសដោយចៃដន្យ ហើយមនុស្សពិនិត្យ។ ភាគដែលបំពានវិធានត្រូវបានប៉ាន់ប្រមាណ ជាមួយចន្លោះ ៩៥ %។",
            "Trong số nội dung chưa ai đánh dấu hay báo cáo, một số được chọn ngẫu nhiên với xác suất biết trước và con người xem xét. "
            "Tỷ lệ vi phạm được ước lượng từ đó, kèm khoảng 95 %.",
        ),
        counting.PREVALENCE,
    ),
    "people": Definition(
        Said(
            "People who moderate when the report is drafted, by the languages they read; who reads two counts for both.",
            "អ្នកត្រួតពិនិត្យនៅពេលព្រាងរបាយការណ៍ តាមភាសាដែលពួកគេអាន; អ្នកអានពីរភាសា រាប់ទាំងពីរ។",
            "Người kiểm duyệt khi soạn báo cáo, theo ngôn ngữ họ đọc; ai đọc hai ngôn ngữ thì tính cho cả hai.",
        ),
        counting.PEOPLE,
    ),
}  # fmt: skip
