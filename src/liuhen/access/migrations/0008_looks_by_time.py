from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("access", "0007_printing")]

    operations = [
        AddIndexConcurrently(
            model_name="viewing",
            index=models.Index(fields=["viewed_at"], name="viewing_viewed_at"),
        ),
        AddIndexConcurrently(
            model_name="printing",
            index=models.Index(fields=["printed_at"], name="printing_printed_at"),
        ),
    ]
