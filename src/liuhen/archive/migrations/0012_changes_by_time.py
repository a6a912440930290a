from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("archive", "0011_room_footage")]

    operations = [
        AddIndexConcurrently(
            model_name="retention",
            index=models.Index(fields=["changed_at"], name="retention_changed_at"),
        ),
        AddIndexConcurrently(
            model_name="hold",
            index=models.Index(fields=["placed_at"], name="hold_placed_at"),
        ),
        AddIndexConcurrently(
            model_name="hold",
            index=models.Index(fields=["lifted_at"], name="hold_lifted_at"),
        ),
    ]
