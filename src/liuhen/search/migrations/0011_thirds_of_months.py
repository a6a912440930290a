from django.db import migrations


class Migration(migrations.Migration):
    """Rows began to say the third of a month they belong to, and four neighbours of their places.

    The worker makes each anew from the records; meanwhile a question that gives words and days, or
    a place, finds what was made anew.
    """

    dependencies = [("search", "0010_records_of_no_case")]

    operations = [
        migrations.RunSQL("DELETE FROM search_follower", reverse_sql=migrations.RunSQL.noop),
    ]
