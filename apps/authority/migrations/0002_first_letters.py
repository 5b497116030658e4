from django.db import migrations
from django.utils.timezone import now

LETTERS = {
    ("received", "en"): "To {sender}\n\nWe have received what you sent under {reference}. We look at it under our own guidelines first, and then under the law you name. You will hear from us.",
    ("clarify", "en"): "To {sender}\n\nAbout {reference}, item {item}: we cannot go on without knowing more.\n\n{reasons}\n\nUntil we hear from you, nothing is done about it, and your time begins anew with your answer.",
    ("push_back", "en"): "To {sender}\n\nAbout {reference}, item {item}: what you ask for goes further than we can follow. Please narrow it or withdraw it.\n\n{reasons}",
    ("refuse", "en"): "To {sender}\n\nAbout {reference}, item {item}: we do not act on it.\n\n{reasons}\n\nWe publish how many requests we receive and what became of them.",
    ("acted", "en"): "To {sender}\n\nAbout {reference}, item {item}: what was to be done is done. What breaks our own rules is dealt with everywhere; what only your law forbids is withheld in {country} and nowhere else.",
    ("author", "en"): "What you posted breaks none of our rules. An authority asked us to withhold it under the law of {country} ({basis}), and we found that we have to. It is withheld in {country} and stays everywhere else. Nothing else happens to you or your account. {appeal}",
    ("author", "km"): "អ្វីដែលអ្នកបានបង្ហោះមិនផ្ទុយនឹងវិធានណាមួយរបស់យើងទេ។ អាជ្ញាធរមួយបានស្នើឱ្យយើងបិទវាតាមច្បាប់របស់ប្រទេស {country} ({basis}) ហើយយើងបានរកឃើញថាយើងត្រូវធ្វើដូច្នេះ។ វាត្រូវបានបិទនៅ {country} ហើយនៅដដែលនៅកន្លែងផ្សេងទៀតទាំងអស់។ គ្មានអ្វីផ្សេងទៀតកើតឡើងចំពោះអ្នក ឬគណនីរបស់អ្នកទេ។ {appeal}",
    ("author", "vi"): "Nội dung bạn đăng không vi phạm quy tắc nào của chúng tôi. Một cơ quan nhà nước yêu cầu chúng tôi chặn nội dung này theo pháp luật của {country} ({basis}), và chúng tôi nhận thấy phải làm như vậy. Nội dung bị chặn tại {country} và vẫn giữ nguyên ở mọi nơi khác. Không có biện pháp nào khác đối với bạn hay tài khoản của bạn. {appeal}",
}


def write(apps, schema_editor):
    LetterTemplate = apps.get_model("authority", "LetterTemplate")
    LetterTemplate.objects.bulk_create(
        LetterTemplate(kind=kind, language=language, number=1, body=body, published_at=now())
        for (kind, language), body in LETTERS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("authority", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
