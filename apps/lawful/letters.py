"""The words of letters to either side, in the languages notices are written in. No placeholder names a person."""

KINDS = {
    "en": {
        "minors": "protection of minors",
        "privacy": "privacy",
        "property": "intellectual property",
        "intimate": "intimate images",
    },
    "km": {
        "minors": "ការការពារអនីតិជន",
        "privacy": "ឯកជនភាព",
        "property": "កម្មសិទ្ធិបញ្ញា",
        "intimate": "រូបភាពឯកជនភាពផ្លូវភេទ",
    },
    "vi": {
        "minors": "bảo vệ trẻ vị thành niên",
        "privacy": "quyền riêng tư",
        "property": "sở hữu trí tuệ",
        "intimate": "hình ảnh riêng tư nhạy cảm",
    },
}

LETTERS: dict[tuple[str, str], dict[str, str]] = {
    ("notifier", "received"): {
        "en": "We have your notice ({kind}, {country}). A person reviews it, and you are told what came of it by {due}. "
        "Where it stands, and how to take it back: {link}",
        "km": "យើងបានទទួលសេចក្តីជូនដំណឹងរបស់អ្នក ({kind}, {country})។ មនុស្សម្នាក់នឹងពិនិត្យវា ហើយអ្នកនឹងទទួលបានលទ្ធផលមុនថ្ងៃទី {due}។ "
        "ស្ថានភាព និងរបៀបដកវាវិញ៖ {link}",
        "vi": "Chúng tôi đã nhận thông báo của bạn ({kind}, {country}). Một người sẽ xem xét và bạn được báo kết quả trước ngày "
        "{due}. Tình trạng và cách rút lại: {link}",
    },
    ("notifier", "by_rules"): {
        "en": "We reviewed what your notice is about ({kind}). It breaks a rule of ours, and was dealt with under it. {link}",
        "km": "យើងបានពិនិត្យអ្វីដែលសេចក្តីជូនដំណឹងរបស់អ្នកនិយាយអំពី ({kind})។ វាផ្ទុយនឹងវិធានរបស់យើង ហើយត្រូវបានចាត់ការតាមវិធាននោះ។ {link}",
        "vi": "Chúng tôi đã xem xét nội dung mà thông báo của bạn nêu ({kind}). Nội dung vi phạm quy tắc của chúng tôi và đã được "  # noqa: E501
        "xử lý theo quy tắc đó. {link}",
    },
    ("notifier", "by_law"): {
        "en": "Your notice ({kind}) was accepted. What it is about is withheld in {country}, whose law you named. Why: {reasons} {link}",  # noqa: E501
        "km": "សេចក្តីជូនដំណឹងរបស់អ្នក ({kind}) ត្រូវបានទទួលយក។ អ្វីដែលវានិយាយអំពីត្រូវបានបិទក្នុង {country} ដែលអ្នកបានបញ្ជាក់ច្បាប់។ មូលហេតុ៖ {reasons} {link}",  # noqa: E501
        "vi": "Thông báo của bạn ({kind}) được chấp nhận. Nội dung liên quan bị hạn chế tại {country}, nơi có luật mà bạn nêu. "
        "Lý do: {reasons} {link}",
    },
    ("notifier", "refused"): {
        "en": "Your notice ({kind}) was not accepted. Why: {reasons} If you disagree, you may turn to an out-of-court dispute "
        "settlement body, or to a court. {link}",
        "km": "សេចក្តីជូនដំណឹងរបស់អ្នក ({kind}) មិនត្រូវបានទទួលយកទេ។ មូលហេតុ៖ {reasons} ប្រសិនបើអ្នកមិនយល់ស្រប "
        "អ្នកអាចទៅកាន់ស្ថាប័នដោះស្រាយវិវាទក្រៅតុលាការ ឬតុលាការ។ {link}",
        "vi": "Thông báo của bạn ({kind}) không được chấp nhận. Lý do: {reasons} Nếu không đồng ý, bạn có thể tìm đến cơ quan "
        "giải quyết tranh chấp ngoài tòa án hoặc tòa án. {link}",
    },
    ("notifier", "countered"): {
        "en": "The author objects to your notice ({kind}). If a court is asked, name it and its reference here before {until}; "
        "otherwise what was withheld comes back: {link}",
        "km": "អ្នកនិពន្ធជំទាស់នឹងសេចក្តីជូនដំណឹងរបស់អ្នក ({kind})។ ប្រសិនបើបានប្តឹងទៅតុលាការ សូមបញ្ជាក់តុលាការ និងលេខសំណុំរឿងនៅទីនេះមុនថ្ងៃទី {until} "
        "បើមិនដូច្នេះទេ អ្វីដែលត្រូវបានបិទនឹងត្រឡប់មកវិញ៖ {link}",
        "vi": "Tác giả phản đối thông báo của bạn ({kind}). Nếu đã đưa ra tòa án, hãy nêu tòa án và số vụ việc tại đây trước ngày "  # noqa: E501
        "{until}; nếu không, nội dung bị hạn chế sẽ được khôi phục: {link}",
    },
    ("notifier", "restored"): {
        "en": "No court was named in time. What your notice ({kind}) is about is no longer withheld. {link}",
        "km": "គ្មានតុលាការណាត្រូវបានបញ្ជាក់ទាន់ពេលទេ។ អ្វីដែលសេចក្តីជូនដំណឹងរបស់អ្នក ({kind}) និយាយអំពីលែងត្រូវបានបិទទៀតហើយ។ {link}",
        "vi": "Không có tòa án nào được nêu đúng hạn. Nội dung mà thông báo của bạn ({kind}) nêu không còn bị hạn chế. {link}",
    },
    ("notifier", "ended"): {
        "en": "What your notice ({kind}) is about is no longer withheld: its time was over, or its ground fell. {link}",
        "km": "អ្វីដែលសេចក្តីជូនដំណឹងរបស់អ្នក ({kind}) និយាយអំពីលែងត្រូវបានបិទទៀតហើយ៖ ផុតកំណត់ ឬលែងមានមូលដ្ឋាន។ {link}",
        "vi": "Nội dung mà thông báo của bạn ({kind}) nêu không còn bị hạn chế: đã hết thời hạn hoặc không còn căn cứ. {link}",
    },
    ("author", "by_law"): {
        "en": "What you posted breaks no rule of ours. A notice under the law of {country} ({kind}) was accepted by a person, and it is "  # noqa: E501
        "withheld there and nowhere else. Why: {reasons} You can object here; somebody has {days} days then to show that a court was "  # noqa: E501
        "asked, and otherwise it comes back: {link}",
        "km": "អ្វីដែលអ្នកបានបង្ហោះមិនផ្ទុយនឹងវិធានរបស់យើងទេ។ សេចក្តីជូនដំណឹងតាមច្បាប់នៃ {country} ({kind}) ត្រូវបានមនុស្សម្នាក់ទទួលយក "
        "ហើយវាត្រូវបានបិទនៅទីនោះ មិនមែននៅកន្លែងផ្សេងទេ។ មូលហេតុ៖ {reasons} អ្នកអាចជំទាស់នៅទីនេះ។ បន្ទាប់មកមានរយៈពេល {days} ថ្ងៃដើម្បីបង្ហាញថាបានប្តឹងទៅតុលាការ "  # noqa: E501
        "បើមិនដូច្នេះទេ វានឹងត្រឡប់មកវិញ៖ {link}",
        "vi": "Nội dung bạn đăng không vi phạm quy tắc của chúng tôi. Một thông báo theo luật của {country} ({kind}) đã được một người "  # noqa: E501
        "chấp nhận; nội dung bị hạn chế tại đó và không ở nơi nào khác. Lý do: {reasons} Bạn có thể phản đối tại đây; sau đó có "
        "{days} ngày để chứng minh đã đưa ra tòa án, nếu không nội dung được khôi phục: {link}",
    },
    ("author", "by_law_only"): {
        "en": "What you posted breaks no rule of ours. A notice under the law of {country} ({kind}) was accepted by a person, and it is "  # noqa: E501
        "withheld there and nowhere else. Why: {reasons} If you disagree, you may turn to an out-of-court dispute settlement body, or "  # noqa: E501
        "to a court. {link}",
        "km": "អ្វីដែលអ្នកបានបង្ហោះមិនផ្ទុយនឹងវិធានរបស់យើងទេ។ សេចក្តីជូនដំណឹងតាមច្បាប់នៃ {country} ({kind}) ត្រូវបានមនុស្សម្នាក់ទទួលយក "
        "ហើយវាត្រូវបានបិទនៅទីនោះ មិនមែននៅកន្លែងផ្សេងទេ។ មូលហេតុ៖ {reasons} ប្រសិនបើអ្នកមិនយល់ស្រប អ្នកអាចទៅកាន់ស្ថាប័នដោះស្រាយវិវាទក្រៅតុលាការ ឬតុលាការ។ {link}",  # noqa: E501
        "vi": "Nội dung bạn đăng không vi phạm quy tắc của chúng tôi. Một thông báo theo luật của {country} ({kind}) đã được một người "  # noqa: E501
        "chấp nhận; nội dung bị hạn chế tại đó và không ở nơi nào khác. Lý do: {reasons} Nếu không đồng ý, bạn có thể tìm đến cơ "
        "quan giải quyết tranh chấp ngoài tòa án hoặc tòa án. {link}",
    },
    ("author", "court"): {
        "en": "You objected ({kind}). We were shown in time that a court was asked: what you posted stays withheld in {country} until "  # noqa: E501
        "the court has spoken. {link}",
        "km": "អ្នកបានជំទាស់ ({kind})។ យើងបានទទួលភស្តុតាងទាន់ពេលថាបានប្តឹងទៅតុលាការ៖ អ្វីដែលអ្នកបានបង្ហោះនៅតែត្រូវបានបិទក្នុង {country} រហូតដល់តុលាការសម្រេច។ {link}",  # noqa: E501
        "vi": "Bạn đã phản đối ({kind}). Chúng tôi được chứng minh đúng hạn rằng vụ việc đã ra tòa án: nội dung bạn đăng vẫn bị hạn "  # noqa: E501
        "chế tại {country} cho đến khi tòa án quyết định. {link}",
    },
    ("author", "restored"): {
        "en": "You objected ({kind}), and no court was asked. What you posted is no longer withheld in {country}. {link}",
        "km": "អ្នកបានជំទាស់ ({kind}) ហើយគ្មានការប្តឹងទៅតុលាការទេ។ អ្វីដែលអ្នកបានបង្ហោះលែងត្រូវបានបិទក្នុង {country} ទៀតហើយ។ {link}",
        "vi": "Bạn đã phản đối ({kind}) và không có tòa án nào được yêu cầu. Nội dung bạn đăng không còn bị hạn chế tại {country}. {link}",  # noqa: E501
    },
    ("author", "ended"): {
        "en": "What you posted is no longer withheld in {country} ({kind}). {link}",
        "km": "អ្វីដែលអ្នកបានបង្ហោះលែងត្រូវបានបិទក្នុង {country} ទៀតហើយ ({kind})។ {link}",
        "vi": "Nội dung bạn đăng không còn bị hạn chế tại {country} ({kind}). {link}",
    },
}
