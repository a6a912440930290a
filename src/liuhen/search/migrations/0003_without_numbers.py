from django.db import migrations


class Migration(migrations.Migration):
    """The index began to leave identity numbers out: it is made anew, by the worker, from the log."""

    dependencies = [
        ("search", "0002_texts"),
    ]

    operations = [
        migrations.RunSQL(
            "TRUNCATE search_indexed, search_follower", reverse_sql=migrations.RunSQL.noop
        ),
    ]
