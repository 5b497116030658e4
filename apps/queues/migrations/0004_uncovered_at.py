from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0003_check_owed'),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='uncovered_at',
            field=models.DateTimeField(null=True),
        ),
    ]
