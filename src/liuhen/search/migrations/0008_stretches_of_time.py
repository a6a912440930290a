from django.db import migrations

# Bytes a row keeps together: grams, which only the index of grams is asked about, lie apart, so
# that a page of the table holds the rows of many answers.
_TOGETHER = 512


class Migration(migrations.Migration):
    """Rows began to say the month, year and decade they belong to, and to be narrow.

    The worker makes each anew from the records; meanwhile a question that gives words and days
    finds only what was made anew.
    """

    dependencies = [("search", "0007_by_event_and_time")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE search_indexed SET (toast_tuple_target = {_TOGETHER})",
            reverse_sql="ALTER TABLE search_indexed RESET (toast_tuple_target)",
        ),
        migrations.RunSQL("DELETE FROM search_follower", reverse_sql=migrations.RunSQL.noop),
    ]
