from django.db import migrations


class Migration(migrations.Migration):
    """The index began to hold choices in words: it is made anew, by the worker, from the records."""

    dependencies = [
        ("search", "0004_kept_questions_lists_degrees"),
    ]

    operations = [
        migrations.RunSQL(
            "TRUNCATE search_indexed, search_follower", reverse_sql=migrations.RunSQL.noop
        ),
    ]
