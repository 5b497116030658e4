from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache: sign-in limits must hold even when Redis is away."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE house_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX house_cache_expires ON house_cache (expires);
            """,
            "DROP TABLE house_cache",
        ),
    ]
