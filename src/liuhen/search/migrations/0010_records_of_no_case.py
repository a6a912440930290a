from django.db import migrations


class Migration(migrations.Migration):
    """Rows of records without a case began to say so.

    The worker makes each anew from the records; meanwhile who doesn't see every case finds of those
    what was made anew.
    """

    dependencies = [("search", "0009_rows_that_are_narrow")]

    operations = [
        migrations.RunSQL("DELETE FROM search_follower", migrations.RunSQL.noop),
    ]
