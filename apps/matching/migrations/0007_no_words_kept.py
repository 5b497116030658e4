from django.db import migrations

# What an exchange calls a text is the text itself: a hash of it serves as well to know it again. Of what was erased, too.
HASHED = """
ALTER TABLE matching_entry DISABLE TRIGGER USER;
UPDATE matching_entry SET ref = 'raw_text:' || encode(sha256(convert_to(substr(ref, 10), 'UTF8')), 'hex')
WHERE ref LIKE 'raw\\_text:%' AND signal = 'text' AND ref !~ '^raw_text:[0-9a-f]{64}$';
ALTER TABLE matching_entry ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_when_in_a_film")]

    operations = [migrations.RunSQL(HASHED, migrations.RunSQL.noop)]
