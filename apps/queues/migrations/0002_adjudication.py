from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='purpose',
            field=models.CharField(choices=[('review', 'Review'), ('re_review', 'Re-review'), ('second_opinion', 'Second opinion'), ('approval', 'Approval by a second person'), ('appeal', 'Appeal'), ('second_look', 'Second look'), ('adjudication', 'Adjudication'), ('golden', 'Golden'), ('authority_request', 'Authority request')], default='review', max_length=20),
        ),
    ]
