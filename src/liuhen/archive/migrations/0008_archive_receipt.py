"""The receipt of a bound file's hand-over (Art. 38)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0007_copy_audience"),
        ("vault", "0007_bucket"),
    ]

    operations = [
        migrations.AddField(
            model_name="casefile",
            name="receipt",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vault.original",
            ),
        ),
        migrations.AddField(
            model_name="casefile",
            name="receipt_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="移交接收凭证文号"),
        ),
    ]
