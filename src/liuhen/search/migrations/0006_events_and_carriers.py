from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows began to say the kind of event by itself, and who carries their case.

    The worker makes each anew from the records; meanwhile those who see every case find what they
    found before, but by kind of event only what was made anew.
    """

    dependencies = [("search", "0005_choices_in_words")]

    operations = [
        migrations.AddField(
            model_name="indexed",
            name="event",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.RemoveIndex(model_name="indexed", name="indexed_at"),
        migrations.RunSQL("DELETE FROM search_follower", reverse_sql=migrations.RunSQL.noop),
    ]
