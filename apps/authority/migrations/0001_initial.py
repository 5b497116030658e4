import apps.migrating
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('decisions', '0001_initial'),
        ('intake', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'We have received it'), ('clarify', 'Please clarify'), ('push_back', 'Please narrow or withdraw it'), ('refuse', 'We refuse'), ('acted', 'What we did'), ('author', 'To the author')], max_length=10)),
                ('language', models.CharField(max_length=8)),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_at', models.DateTimeField(null=True)),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['kind', 'language', '-number'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'number'), name='letter_version_number_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['acted', 'author', 'clarify', 'push_back', 'received', 'refuse'])), name='letter_kind_valid'), models.CheckConstraint(condition=models.Q(('published_at', None), models.Q(('kind', 'received'), ('body__contains', '{reference}'), ('body__contains', '{sender}')), models.Q(('kind', 'clarify'), ('body__contains', '{reference}'), ('body__contains', '{item}'), ('body__contains', '{reasons}')), models.Q(('kind', 'push_back'), ('body__contains', '{reference}'), ('body__contains', '{item}'), ('body__contains', '{reasons}')), models.Q(('kind', 'refuse'), ('body__contains', '{reference}'), ('body__contains', '{item}'), ('body__contains', '{reasons}')), models.Q(('kind', 'acted'), ('body__contains', '{reference}'), ('body__contains', '{item}'), ('body__contains', '{country}')), models.Q(('kind', 'author'), ('body__contains', '{country}'), ('body__contains', '{basis}'), ('body__contains', '{appeal}')), _connector='OR'), name='published_letter_has_its_placeholders')],
            },
        ),
        apps.migrating.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(choices=[('order', 'Order'), ('request', 'Request'), ('informal', 'Informal contact')], max_length=10)),
                ('channel', models.CharField(choices=[('letter', 'Letter'), ('portal', 'Portal'), ('email', 'E-mail'), ('phone', 'Phone call'), ('meeting', 'Meeting')], max_length=10)),
                ('reference', models.CharField(blank=True, default='', max_length=120)),
                ('contact', models.CharField(blank=True, default='', max_length=200)),
                ('legal_basis', models.TextField(blank=True, default='')),
                ('scope', models.TextField()),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('received_at', models.DateTimeField()),
                ('issued_on', models.DateField(null=True)),
                ('valid_until', models.DateField(null=True)),
                ('clock_minutes', models.PositiveIntegerField(null=True)),
                ('deadline_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        apps.migrating.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('file', models.CharField(max_length=200)),
                ('mime', models.CharField(max_length=60)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='authority.request')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('request', 'sha256'), name='document_once_per_request')],
            },
        ),
        apps.migrating.CreateModel(
            name='RequestItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('address', models.CharField(max_length=2000)),
                ('state', models.CharField(choices=[('unknown', 'Not found here'), ('review', 'Under our guidelines'), ('law', 'Is the order valid?'), ('test', 'Is it necessary and proportionate?'), ('second', 'Waits for a second person'), ('asked_back', 'Waits for the sender'), ('by_rules', 'Acted on under our rules'), ('by_law', 'Withheld under local law only'), ('refused', 'Refused')], max_length=10)),
                ('deadline_at', models.DateTimeField(null=True)),
                ('review_asked_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.case')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='authority.request')),
                ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
            ],
            options={
                'ordering': ['request', 'position'],
                'indexes': [models.Index(condition=models.Q(('state', 'review')), fields=['item'], name='request_item_in_review'), models.Index(condition=models.Q(('closed_at', None)), fields=['deadline_at'], name='request_item_open_by_clock')],
                'constraints': [models.UniqueConstraint(fields=('request', 'position'), name='request_item_once_per_position'), models.UniqueConstraint(fields=('request', 'item'), name='request_asks_about_an_item_once'), models.CheckConstraint(condition=models.Q(('state__in', ['unknown', 'review', 'law', 'test', 'second', 'asked_back', 'by_rules', 'by_law', 'refused'])), name='request_item_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['by_rules', 'by_law', 'refused'])), models.Q(models.Q(('state__in', ['by_rules', 'by_law', 'refused']), _negated=True), ('closed_at', None)), _connector='OR'), name='request_item_ended_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['law', 'test', 'second', 'by_law', 'by_rules']), _negated=True), ('review__isnull', False), _connector='OR'), name='law_is_asked_only_after_the_guidelines')],
            },
        ),
        apps.migrating.CreateModel(
            name='NecessityTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('legality', models.TextField()),
                ('aim', models.TextField()),
                ('necessity', models.TextField()),
                ('proportionality', models.TextField()),
                ('about_officials', models.BooleanField()),
                ('in_spite_of_that', models.TextField(blank=True, default='')),
                ('country', models.CharField(max_length=2)),
                ('until', models.DateTimeField(null=True)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('pending', 'Waits for a second person'), ('agreed', 'Agreed'), ('declined', 'Declined')], default='pending', max_length=10)),
                ('second_words', models.TextField(blank=True, default='')),
                ('second_at', models.DateTimeField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tests', to='authority.requestitem')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('lifted_at', None), ('state', 'agreed'), ('until__isnull', False)), fields=['until'], name='restriction_to_be_lifted')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'agreed', 'declined'])), name='test_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('legality', ''), _negated=True), models.Q(('aim', ''), _negated=True), models.Q(('necessity', ''), _negated=True), models.Q(('proportionality', ''), _negated=True)), name='test_is_written_down'), models.CheckConstraint(condition=models.Q(('about_officials', False), models.Q(('in_spite_of_that', ''), _negated=True), _connector='OR'), name='criticism_of_officials_is_withheld_only_with_a_reason'), models.CheckConstraint(condition=models.Q(('second_by', None), models.Q(('second_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='restriction_takes_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('decision', None), ('second_at', None), ('second_by', None), ('state', 'pending')), models.Q(('decision', None), ('second_at__isnull', False), ('second_by__isnull', False), ('state', 'declined'), models.Q(('second_words', ''), _negated=True)), models.Q(('decision__isnull', False), ('second_at__isnull', False), ('second_by__isnull', False), ('state', 'agreed')), _connector='OR'), name='test_answered_says_by_whom_and_what_came_of_it'), models.CheckConstraint(condition=models.Q(('lifted_at', None), ('state', 'agreed'), _connector='OR'), name='only_what_was_agreed_is_lifted'), models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('item',), name='test_one_waits_per_item'), models.UniqueConstraint(condition=models.Q(('state', 'agreed')), fields=('item',), name='restriction_once_per_request_item')],
            },
        ),
        apps.migrating.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField()),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authority.lettertemplate')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='authority.request')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='authority.requestitem')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        apps.migrating.CreateModel(
            name='Sender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('country', models.CharField(max_length=2)),
                ('kind', models.CharField(choices=[('court', 'Court'), ('police', 'Police or prosecutor'), ('regulator', 'Regulator'), ('ministry', 'Ministry or government office'), ('other', 'Another public body')], max_length=10)),
            ],
            options={
                'ordering': ['country', 'name'],
                'constraints': [models.UniqueConstraint(fields=('name', 'country'), name='sender_once_per_country'), models.CheckConstraint(condition=models.Q(('kind__in', ['court', 'police', 'regulator', 'ministry', 'other'])), name='sender_kind_valid'), models.CheckConstraint(condition=models.Q(('country__in', ['AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AQ', 'AR', 'AS', 'AT', 'AU', 'AW', 'AX', 'AZ', 'BA', 'BB', 'BD', 'BE', 'BF', 'BG', 'BH', 'BI', 'BJ', 'BL', 'BM', 'BN', 'BO', 'BQ', 'BR', 'BS', 'BT', 'BV', 'BW', 'BY', 'BZ', 'CA', 'CC', 'CD', 'CF', 'CG', 'CH', 'CI', 'CK', 'CL', 'CM', 'CN', 'CO', 'CR', 'CU', 'CV', 'CW', 'CX', 'CY', 'CZ', 'DE', 'DJ', 'DK', 'DM', 'DO', 'DZ', 'EC', 'EE', 'EG', 'EH', 'ER', 'ES', 'ET', 'FI', 'FJ', 'FK', 'FM', 'FO', 'FR', 'GA', 'GB', 'GD', 'GE', 'GF', 'GG', 'GH', 'GI', 'GL', 'GM', 'GN', 'GP', 'GQ', 'GR', 'GS', 'GT', 'GU', 'GW', 'GY', 'HK', 'HM', 'HN', 'HR', 'HT', 'HU', 'ID', 'IE', 'IL', 'IM', 'IN', 'IO', 'IQ', 'IR', 'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KG', 'KH', 'KI', 'KM', 'KN', 'KP', 'KR', 'KW', 'KY', 'KZ', 'LA', 'LB', 'LC', 'LI', 'LK', 'LR', 'LS', 'LT', 'LU', 'LV', 'LY', 'MA', 'MC', 'MD', 'ME', 'MF', 'MG', 'MH', 'MK', 'ML', 'MM', 'MN', 'MO', 'MP', 'MQ', 'MR', 'MS', 'MT', 'MU', 'MV', 'MW', 'MX', 'MY', 'MZ', 'NA', 'NC', 'NE', 'NF', 'NG', 'NI', 'NL', 'NO', 'NP', 'NR', 'NU', 'NZ', 'OM', 'PA', 'PE', 'PF', 'PG', 'PH', 'PK', 'PL', 'PM', 'PN', 'PR', 'PS', 'PT', 'PW', 'PY', 'QA', 'RE', 'RO', 'RS', 'RU', 'RW', 'SA', 'SB', 'SC', 'SD', 'SE', 'SG', 'SH', 'SI', 'SJ', 'SK', 'SL', 'SM', 'SN', 'SO', 'SR', 'SS', 'ST', 'SV', 'SX', 'SY', 'SZ', 'TC', 'TD', 'TF', 'TG', 'TH', 'TJ', 'TK', 'TL', 'TM', 'TN', 'TO', 'TR', 'TT', 'TV', 'TW', 'TZ', 'UA', 'UG', 'UM', 'US', 'UY', 'UZ', 'VA', 'VC', 'VE', 'VG', 'VI', 'VN', 'VU', 'WF', 'WS', 'YE', 'YT', 'ZA', 'ZM', 'ZW'])), name='sender_country_exists')],
            },
        ),
        migrations.AddField(
            model_name='request',
            name='sender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='authority.sender'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['sender', '-id'], name='request_by_sender'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['order', 'request', 'informal'])), name='request_form_valid'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['letter', 'portal', 'email', 'phone', 'meeting'])), name='request_channel_valid'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('countries__contained_by', ['AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AQ', 'AR', 'AS', 'AT', 'AU', 'AW', 'AX', 'AZ', 'BA', 'BB', 'BD', 'BE', 'BF', 'BG', 'BH', 'BI', 'BJ', 'BL', 'BM', 'BN', 'BO', 'BQ', 'BR', 'BS', 'BT', 'BV', 'BW', 'BY', 'BZ', 'CA', 'CC', 'CD', 'CF', 'CG', 'CH', 'CI', 'CK', 'CL', 'CM', 'CN', 'CO', 'CR', 'CU', 'CV', 'CW', 'CX', 'CY', 'CZ', 'DE', 'DJ', 'DK', 'DM', 'DO', 'DZ', 'EC', 'EE', 'EG', 'EH', 'ER', 'ES', 'ET', 'FI', 'FJ', 'FK', 'FM', 'FO', 'FR', 'GA', 'GB', 'GD', 'GE', 'GF', 'GG', 'GH', 'GI', 'GL', 'GM', 'GN', 'GP', 'GQ', 'GR', 'GS', 'GT', 'GU', 'GW', 'GY', 'HK', 'HM', 'HN', 'HR', 'HT', 'HU', 'ID', 'IE', 'IL', 'IM', 'IN', 'IO', 'IQ', 'IR', 'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KG', 'KH', 'KI', 'KM', 'KN', 'KP', 'KR', 'KW', 'KY', 'KZ', 'LA', 'LB', 'LC', 'LI', 'LK', 'LR', 'LS', 'LT', 'LU', 'LV', 'LY', 'MA', 'MC', 'MD', 'ME', 'MF', 'MG', 'MH', 'MK', 'ML', 'MM', 'MN', 'MO', 'MP', 'MQ', 'MR', 'MS', 'MT', 'MU', 'MV', 'MW', 'MX', 'MY', 'MZ', 'NA', 'NC', 'NE', 'NF', 'NG', 'NI', 'NL', 'NO', 'NP', 'NR', 'NU', 'NZ', 'OM', 'PA', 'PE', 'PF', 'PG', 'PH', 'PK', 'PL', 'PM', 'PN', 'PR', 'PS', 'PT', 'PW', 'PY', 'QA', 'RE', 'RO', 'RS', 'RU', 'RW', 'SA', 'SB', 'SC', 'SD', 'SE', 'SG', 'SH', 'SI', 'SJ', 'SK', 'SL', 'SM', 'SN', 'SO', 'SR', 'SS', 'ST', 'SV', 'SX', 'SY', 'SZ', 'TC', 'TD', 'TF', 'TG', 'TH', 'TJ', 'TK', 'TL', 'TM', 'TN', 'TO', 'TR', 'TT', 'TV', 'TW', 'TZ', 'UA', 'UG', 'UM', 'US', 'UY', 'UZ', 'VA', 'VC', 'VE', 'VG', 'VI', 'VN', 'VU', 'WF', 'WS', 'YE', 'YT', 'ZA', 'ZM', 'ZW']), ('countries__len__gt', 0)), name='request_names_countries_that_exist'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('issued_on', None), ('issued_on__lte', models.F('received_at')), _connector='OR'), name='request_was_issued_before_it_came'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('issued_on', None), ('valid_until__gte', models.F('issued_on')), _connector='OR'), name='request_ends_after_it_was_issued'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('received_at__lte', django.db.models.expressions.CombinedExpression(models.F('recorded_at'), '+', models.Value(datetime.timedelta(seconds=300))))), name='request_came_before_it_was_recorded'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock_minutes', None), ('deadline_at', None)), models.Q(('clock_minutes__gt', 0), ('deadline_at__gt', models.F('received_at'))), _connector='OR'), name='request_deadline_follows_its_clock'),
        ),
        apps.migrating.CreateModel(
            name='Silence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('confidential', 'The request is confidential'), ('author', 'The author may not be told')], max_length=12)),
                ('basis', models.TextField()),
                ('until', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authority.document')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='silences', to='authority.request')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['request', 'kind', 'until'], name='silence_of_request')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['confidential', 'author'])), name='silence_kind_valid'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('recorded_at'))), name='silence_ends_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'author'), _negated=True), ('document__isnull', False), _connector='OR'), name='silence_towards_the_author_is_a_stored_order'), models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='silence_says_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='Telling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='telling', to='authority.requestitem')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('told_at', None)), fields=['due_at'], name='telling_due')],
            },
        ),
        apps.migrating.CreateModel(
            name='Validity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid', models.BooleanField()),
                ('reasons', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='validities', to='authority.requestitem')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='validity_gives_reasons')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='lettertemplate',
            trigger=pgtrigger.compiler.Trigger(name='published_letter_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.published_at IS NOT NULL)', func="RAISE EXCEPTION 'published_letter_is_never_changed' USING ERRCODE = 'check_violation';", hash='292bf39bd273262294b5431040093c659772b495', operation='UPDATE OR DELETE', pgid='pgtrigger_published_letter_is_never_changed_007b4', table='authority_lettertemplate', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='document_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5bed3989eafa9ee0732179ddc4c7c9f9c29eb2b1', operation='UPDATE OR DELETE', pgid='pgtrigger_document_is_never_changed_2bf41', table='authority_document', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='requestitem',
            trigger=pgtrigger.compiler.Trigger(name='law_is_asked_only_when_no_rule_is_broken', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state IN ('law', 'test', 'second', 'asked_back', 'by_law') AND NEW.review_id IS NOT NULL)", func="\n                    IF NOT EXISTS (SELECT 1 FROM decisions_decision review\n                                   WHERE review.id = NEW.review_id AND review.outcome = 'no_violation'\n                                     AND review.item_id = NEW.item_id AND NOT review.withdraws) THEN\n                        RAISE EXCEPTION 'law_is_asked_only_when_no_rule_is_broken' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0d6f9dda2b1de5eb63ba95e83bf77f3ec7f0173f', operation='UPDATE OR INSERT', pgid='pgtrigger_law_is_asked_only_when_no_rule_is_broken_e3a15', table='authority_requestitem', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='requestitem',
            trigger=pgtrigger.compiler.Trigger(name='review_is_never_by_who_handles_the_request', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.review_id IS NOT NULL)', func="\n                    IF EXISTS (SELECT 1 FROM decisions_decision review\n                               JOIN authority_request asked ON asked.id = NEW.request_id\n                               WHERE review.id = NEW.review_id AND (\n                                   review.decider_id IS NULL OR review.decider_id = asked.recorded_by_id\n                                   OR EXISTS (SELECT 1 FROM authority_validity v\n                                              WHERE v.item_id = NEW.id AND v.by_id = review.decider_id)\n                                   OR EXISTS (SELECT 1 FROM authority_necessitytest t\n                                              WHERE t.item_id = NEW.id\n                                                AND review.decider_id IN (t.proposed_by_id, t.second_by_id)))) THEN\n                        RAISE EXCEPTION 'review_is_never_by_who_handles_the_request' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='da5ac8f5efbf3eafe19cb124611092a8c30c961d', operation='UPDATE OR INSERT', pgid='pgtrigger_review_is_never_by_who_handles_the_request_1e045', table='authority_requestitem', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='requestitem',
            trigger=pgtrigger.compiler.Trigger(name='ended_request_item_stays_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.closed_at IS NOT NULL)', func="\n                    RAISE EXCEPTION 'ended_request_item_stays_ended' USING ERRCODE = 'check_violation';\n                ", hash='e5f10959ca370df8f45d84631add5f961855a553', operation='UPDATE OR DELETE', pgid='pgtrigger_ended_request_item_stays_ended_f4315', table='authority_requestitem', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='necessitytest',
            trigger=pgtrigger.compiler.Trigger(name='restriction_takes_one_legal_reviewer', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state = 'agreed')", func="\n                    IF NOT EXISTS (SELECT 1 FROM accounts_user person\n                                   WHERE person.id IN (NEW.proposed_by_id, NEW.second_by_id)\n                                     AND 'legal_reviewer' = ANY(person.roles)) THEN\n                        RAISE EXCEPTION 'restriction_takes_one_legal_reviewer'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='562a04bc613181dc101dc39f6b828131529aa764', operation='UPDATE OR INSERT', pgid='pgtrigger_restriction_takes_one_legal_reviewer_35a3a', table='authority_necessitytest', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='necessitytest',
            trigger=pgtrigger.compiler.Trigger(name='restriction_holds_in_the_senders_country_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM authority_requestitem one\n                                   JOIN authority_request asked ON asked.id = one.request_id\n                                   JOIN authority_sender sender ON sender.id = asked.sender_id\n                                   WHERE one.id = NEW.item_id AND sender.country = NEW.country)\n                       OR (NEW.decision_id IS NOT NULL AND NOT EXISTS (\n                           SELECT 1 FROM decisions_decision made\n                           JOIN decisions_enforcement ordered ON ordered.decision_id = made.id\n                           WHERE made.id = NEW.decision_id AND made.ground = 'legal_only'\n                             AND ordered.parameters -> 'countries' = jsonb_build_array(NEW.country))) THEN\n                        RAISE EXCEPTION 'restriction_holds_in_the_senders_country_only' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='86780b27dd18354d08f56724ae8ab5941cf78607', operation='UPDATE OR INSERT', pgid='pgtrigger_restriction_holds_in_the_senders_country_only_5ec4f', table='authority_necessitytest', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='necessitytest',
            trigger=pgtrigger.compiler.Trigger(name='test_is_answered_once_and_lifted_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE answer text[];', func="\n                    answer := '{state,second_by_id,second_words,second_at,decision_id,lifted_by_id,lifted_at}';\n                    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - answer = to_jsonb(OLD) - answer\n                        AND (OLD.state = 'pending' AND NEW.lifted_at IS NULL\n                             OR OLD.state = 'agreed' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL\n                                AND to_jsonb(NEW) - '{lifted_by_id,lifted_at}'::text[]\n                                  = to_jsonb(OLD) - '{lifted_by_id,lifted_at}'::text[]) THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'test_is_answered_once_and_lifted_once' USING ERRCODE = 'check_violation';\n                ", hash='355a261230bd8c97f53ccea56688ae648c0d816f', operation='UPDATE OR DELETE', pgid='pgtrigger_test_is_answered_once_and_lifted_once_aaf95', table='authority_necessitytest', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='letter',
            trigger=pgtrigger.compiler.Trigger(name='letter_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c55b2c464ddd3c3dd8d6eb50fa946833c5519baa', operation='UPDATE OR DELETE', pgid='pgtrigger_letter_is_never_changed_1f5e1', table='authority_letter', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='letter',
            trigger=pgtrigger.compiler.Trigger(name='letter_is_written_from_a_published_template', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM authority_lettertemplate worded\n                                   WHERE worded.id = NEW.template_id AND worded.published_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'letter_is_written_from_a_published_template'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='23aca7d5f0ef7589ed5f8b19a09e416efa39881d', operation='INSERT', pgid='pgtrigger_letter_is_written_from_a_published_template_da9b9', table='authority_letter', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='request',
            trigger=pgtrigger.compiler.Trigger(name='authority_request_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f73e82cc9cb71db558f5ea362c017556cdc2b0ac', operation='UPDATE OR DELETE', pgid='pgtrigger_authority_request_is_never_changed_39ef9', table='authority_request', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='silence',
            trigger=pgtrigger.compiler.Trigger(name='silence_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8ff24316d4c0037a9cdfb4c01b6586f0c2da7a8c', operation='UPDATE OR DELETE', pgid='pgtrigger_silence_is_never_changed_e54c9', table='authority_silence', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='telling',
            trigger=pgtrigger.compiler.Trigger(name='author_is_never_told_while_an_order_forbids_it', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.told_at IS NOT NULL)', func="\n                    IF EXISTS (SELECT 1 FROM authority_requestitem one\n                               JOIN authority_silence silence ON silence.request_id = one.request_id\n                               WHERE one.id = NEW.item_id AND silence.until > NEW.told_at) THEN\n                        RAISE EXCEPTION 'author_is_never_told_while_an_order_forbids_it'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='54a69b279d6ca085fb42a52795f49313885ea927', operation='UPDATE OR INSERT', pgid='pgtrigger_author_is_never_told_while_an_order_forbids_it_a4703', table='authority_telling', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='telling',
            trigger=pgtrigger.compiler.Trigger(name='author_is_told_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.told_at IS NOT NULL)', func="RAISE EXCEPTION 'author_is_told_once' USING ERRCODE = 'check_violation';", hash='f85dc6d46d9fade69bff8b021253eb69715f3ffb', operation='UPDATE OR DELETE', pgid='pgtrigger_author_is_told_once_6370d', table='authority_telling', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='validity',
            trigger=pgtrigger.compiler.Trigger(name='validity_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bb0edb7243188a8a65157099dfe8c0c02e7899e6', operation='UPDATE OR DELETE', pgid='pgtrigger_validity_is_never_changed_42423', table='authority_validity', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='validity',
            trigger=pgtrigger.compiler.Trigger(name='validity_is_found_by_a_legal_reviewer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM accounts_user person\n                                   WHERE person.id = NEW.by_id AND 'legal_reviewer' = ANY(person.roles)) THEN\n                        RAISE EXCEPTION 'validity_is_found_by_a_legal_reviewer' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='95ed9c67826f00217d0f612da9dbb8f6ae0948da', operation='INSERT', pgid='pgtrigger_validity_is_found_by_a_legal_reviewer_06b2d', table='authority_validity', when='BEFORE')),
        ),
    ]
