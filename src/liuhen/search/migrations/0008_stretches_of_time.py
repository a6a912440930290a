from django.db import migrations


class Migration(migrations.Migration):
    """Rows began to say the month, year and decade they belong to.

    The worker makes each anew from the records; meanwhile a question that gives words and days
    finds only what was made anew.
    """

    dependencies = [("search", "0007_by_event_and_time")]

    operations = [
        migrations.RunSQL("DELETE FROM search_follower", reverse_sql=migrations.RunSQL.noop),
    ]
