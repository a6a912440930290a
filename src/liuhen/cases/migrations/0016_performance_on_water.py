"""Whether a fine was taken on the water, and when it came ashore (Penalty Law 71)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_performance_collected_by")]

    operations = [
        migrations.AddField(
            model_name="performance",
            name="is_on_water",
            field=models.BooleanField(null=True, verbose_name="水上收缴"),
        ),
        migrations.AddField(
            model_name="performance",
            name="landed_at",
            field=models.DateTimeField(null=True, verbose_name="抵岸时间"),
        ),
    ]
