from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("vault", "0012_settled_until")]

    operations = [
        AddIndexConcurrently(
            model_name="original",
            index=models.Index(fields=["received_at", "sha256"], name="original_received_at"),
        ),
    ]
