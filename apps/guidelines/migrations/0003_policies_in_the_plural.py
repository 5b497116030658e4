from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("guidelines", "0002_number_is_an_address")]

    operations = [
        migrations.AlterModelOptions(
            name="policy", options={"ordering": ["position"], "verbose_name_plural": "policies"}
        ),
    ]
