from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("vault", "0014_lock_look_again")]

    operations = [
        AddIndexConcurrently(
            model_name="copy",
            index=models.Index(fields=["store", "stored_at"], name="copy_stored_at"),
        ),
        AddIndexConcurrently(
            model_name="objectlock",
            index=models.Index(fields=["look_again_at"], name="object_lock_look_again"),
        ),
    ]
