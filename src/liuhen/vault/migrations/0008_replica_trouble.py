"""Why a replica takes no more, as its own disk says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0007_bucket"),
    ]

    operations = [
        migrations.AddField(
            model_name="replica",
            name="trouble",
            field=models.CharField(blank=True, max_length=300, verbose_name="未能保存"),
        ),
    ]
