"""The words the house begins with, number 1 of each template. What policy leads publish takes their place."""

STARTER: dict[str, dict[str, str]] = {
    "author_restricted": {
        "en": "We reviewed what you posted. It breaks this rule: {rules}. What we did: {actions}. {facts} {automation} {reasons}\n"  # noqa: E501
        "The rule, as it stood when we decided: {link}\n"
        "You can appeal until {until}; somebody who took no part in this decision will hear you: {appeal}",
        "km": "យើងបានពិនិត្យអ្វីដែលអ្នកបានបង្ហោះ។ វាផ្ទុយនឹងវិធាននេះ៖ {rules}។ អ្វីដែលយើងបានធ្វើ៖ {actions}។ {facts} {automation} {reasons}\n"
        "វិធាន ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "អ្នកអាចប្តឹងជំទាស់រហូតដល់ {until}។ អ្នកដែលមិនបានចូលរួមក្នុងការសម្រេចនេះនឹងស្តាប់អ្នក៖ {appeal}",
        "vi": "Chúng tôi đã xem xét nội dung bạn đăng. Nội dung này vi phạm quy tắc: {rules}. Biện pháp: {actions}. "
        "{facts} {automation} {reasons}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Bạn có thể khiếu nại đến ngày {until}; một người không tham gia quyết định này sẽ xem xét: {appeal}",
    },
    "author_restricted_appeal": {
        "en": "We looked again, because somebody appealed. A person who took no part before found that it breaks this rule: "
        "{rules}. What applies now: {actions}. {reasons}\n"
        "The rule, as it stood when we decided: {link}\n"
        "If you were not heard on this before, you can appeal until {until}: {appeal}\n"
        "You may also turn to an out-of-court dispute settlement body, or to a court.",
        "km": "យើងបានពិនិត្យម្តងទៀត ព្រោះមានអ្នកប្តឹងជំទាស់។ អ្នកដែលមិនបានចូលរួមពីមុនបានរកឃើញថាវាផ្ទុយនឹងវិធាននេះ៖ "
        "{rules}។ អ្វីដែលអនុវត្តឥឡូវនេះ៖ {actions}។ {reasons}\n"
        "វិធាន ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "ប្រសិនបើអ្នកមិនទាន់ត្រូវបានស្តាប់អំពីរឿងនេះ អ្នកអាចប្តឹងជំទាស់រហូតដល់ {until}៖ {appeal}\n"
        "អ្នកក៏អាចទៅកាន់ស្ថាប័នដោះស្រាយវិវាទក្រៅតុលាការ ឬតុលាការ។",
        "vi": "Chúng tôi đã xem xét lại vì có khiếu nại. Một người không tham gia trước đó nhận thấy nội dung vi phạm quy tắc: "
        "{rules}. Biện pháp áp dụng hiện nay: {actions}. {reasons}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Nếu trước đây bạn chưa được lắng nghe về việc này, bạn có thể khiếu nại đến ngày {until}: {appeal}\n"
        "Bạn cũng có thể tìm đến cơ quan giải quyết tranh chấp ngoài tòa án hoặc tòa án.",
    },
    "author_cleared_appeal": {
        "en": "We looked again at what you posted, because somebody appealed. A person who took no part before found no rule "
        "that it breaks. Whatever was done because of it is undone. {reasons}\n"
        "The guidelines, as they stood when we decided: {link}",
        "km": "យើងបានពិនិត្យម្តងទៀតនូវអ្វីដែលអ្នកបានបង្ហោះ ព្រោះមានអ្នកប្តឹងជំទាស់។ អ្នកដែលមិនបានចូលរួមពីមុនមិនបានរកឃើញវិធានណាដែលវាផ្ទុយទេ។ "
        "អ្វីដែលបានធ្វើដោយសារវាត្រូវបានលើកចោលវិញ។ {reasons}\n"
        "គោលការណ៍ណែនាំ ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}",
        "vi": "Chúng tôi đã xem xét lại nội dung bạn đăng vì có khiếu nại. Một người không tham gia trước đó không thấy quy tắc nào "  # noqa: E501
        "bị vi phạm. Mọi biện pháp đã áp dụng đều được hủy bỏ. {reasons}\n"
        "Quy tắc tại thời điểm quyết định: {link}",
    },
    "reporter_restricted": {
        "en": "Thank you for your report. We found that it breaks this rule: {rules}. What we did: {actions}. {automation}\n"
        "The rule, as it stood when we decided: {link}\n"
        "If you think too little was done, you can ask for another review until {until}: {appeal}",
        "km": "សូមអរគុណចំពោះរបាយការណ៍របស់អ្នក។ យើងបានរកឃើញថាវាផ្ទុយនឹងវិធាននេះ៖ {rules}។ អ្វីដែលយើងបានធ្វើ៖ {actions}។ {automation}\n"
        "វិធាន ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "ប្រសិនបើអ្នកគិតថាវិធានការតិចពេក អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតរហូតដល់ {until}៖ {appeal}",
        "vi": "Cảm ơn bạn đã báo cáo. Chúng tôi nhận thấy nội dung vi phạm quy tắc: {rules}. Biện pháp: {actions}. {automation}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Nếu bạn cho rằng như vậy là chưa đủ, bạn có thể yêu cầu xem xét lại đến ngày {until}: {appeal}",
    },
    "reporter_cleared": {
        "en": "Thank you for your report. We looked at it carefully and found no rule that it breaks, so it stays. {automation}\n"
        "The guidelines, as they stood when we decided: {link}\n"
        "You can ask for another review until {until}; somebody who took no part in this decision will look: {appeal}",
        "km": "សូមអរគុណចំពោះរបាយការណ៍របស់អ្នក។ យើងបានពិនិត្យដោយយកចិត្តទុកដាក់ ហើយមិនបានរកឃើញវិធានណាដែលវាផ្ទុយទេ ដូច្នេះវានៅដដែល។ {automation}\n"
        "គោលការណ៍ណែនាំ ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតរហូតដល់ {until}។ អ្នកដែលមិនបានចូលរួមក្នុងការសម្រេចនេះនឹងពិនិត្យ៖ {appeal}",
        "vi": "Cảm ơn bạn đã báo cáo. Chúng tôi đã xem xét kỹ và không thấy quy tắc nào bị vi phạm, nên nội dung được giữ nguyên. "  # noqa: E501
        "{automation}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Bạn có thể yêu cầu xem xét lại đến ngày {until}; một người không tham gia quyết định này sẽ xem xét: {appeal}",
    },
    "reporter_restricted_appeal": {
        "en": "What you reported was looked at again, because somebody appealed. A person who took no part before found that it "
        "breaks this rule: {rules}. What applies now: {actions}. {reasons}\n"
        "The rule, as it stood when we decided: {link}\n"
        "If you were not heard on this before, you can ask for another review until {until}: {appeal}",
        "km": "អ្វីដែលអ្នកបានរាយការណ៍ត្រូវបានពិនិត្យម្តងទៀត ព្រោះមានអ្នកប្តឹងជំទាស់។ អ្នកដែលមិនបានចូលរួមពីមុនបានរកឃើញថាវាផ្ទុយនឹងវិធាននេះ៖ "
        "{rules}។ អ្វីដែលអនុវត្តឥឡូវនេះ៖ {actions}។ {reasons}\n"
        "វិធាន ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "ប្រសិនបើអ្នកមិនទាន់ត្រូវបានស្តាប់អំពីរឿងនេះ អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតរហូតដល់ {until}៖ {appeal}",
        "vi": "Nội dung bạn báo cáo đã được xem xét lại vì có khiếu nại. Một người không tham gia trước đó nhận thấy nội dung vi phạm "  # noqa: E501
        "quy tắc: {rules}. Biện pháp áp dụng hiện nay: {actions}. {reasons}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Nếu trước đây bạn chưa được lắng nghe về việc này, bạn có thể yêu cầu xem xét lại đến ngày {until}: {appeal}",
    },
    "reporter_cleared_appeal": {
        "en": "What you reported was looked at again, because somebody appealed. A person who took no part before found no rule "
        "that it breaks, so it stays. {reasons}\n"
        "The guidelines, as they stood when we decided: {link}\n"
        "If you were not heard on this before, you can ask for another review until {until}: {appeal}",
        "km": "អ្វីដែលអ្នកបានរាយការណ៍ត្រូវបានពិនិត្យម្តងទៀត ព្រោះមានអ្នកប្តឹងជំទាស់។ អ្នកដែលមិនបានចូលរួមពីមុនមិនបានរកឃើញវិធានណាដែលវាផ្ទុយទេ "
        "ដូច្នេះវានៅដដែល។ {reasons}\n"
        "គោលការណ៍ណែនាំ ដូចដែលមាននៅពេលយើងសម្រេច៖ {link}\n"
        "ប្រសិនបើអ្នកមិនទាន់ត្រូវបានស្តាប់អំពីរឿងនេះ អ្នកអាចស្នើសុំឱ្យពិនិត្យម្តងទៀតរហូតដល់ {until}៖ {appeal}",
        "vi": "Nội dung bạn báo cáo đã được xem xét lại vì có khiếu nại. Một người không tham gia trước đó không thấy quy tắc nào bị "  # noqa: E501
        "vi phạm, nên nội dung được giữ nguyên. {reasons}\n"
        "Quy tắc tại thời điểm quyết định: {link}\n"
        "Nếu trước đây bạn chưa được lắng nghe về việc này, bạn có thể yêu cầu xem xét lại đến ngày {until}: {appeal}",
    },
}
