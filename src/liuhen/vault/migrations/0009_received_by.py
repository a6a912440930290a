from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("vault", "0008_replica_trouble")]

    operations = [
        AddIndexConcurrently(
            model_name="original",
            index=models.Index(fields=["received_by"], name="original_received_by"),
        ),
    ]
