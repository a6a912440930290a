from django.db import migrations, models

from liuhen.search.models import NARROW


class Migration(migrations.Migration):
    """Grams lie apart from their rows, so that a page of the table holds the rows of many answers.

    What was told to the database before had no effect; one of two indexes of cases goes. Rows there
    are become narrow, and say three neighbours of their places each, when the worker makes them
    anew: meanwhile a question for a place finds what was made anew. Nothing is rewritten under a
    lock.
    """

    dependencies = [("search", "0008_stretches_of_time")]

    operations = [
        migrations.AddField(
            "indexed", "blanks", models.TextField(db_default=" " * 2_048, editable=False)
        ),
        migrations.RunSQL(f"ALTER TABLE search_indexed {NARROW}", migrations.RunSQL.noop),
        migrations.RemoveIndex("indexed", "indexed_case"),
        migrations.RunSQL("DELETE FROM search_follower", migrations.RunSQL.noop),
    ]
