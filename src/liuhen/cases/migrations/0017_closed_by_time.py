from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0016_performance_on_water")]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(fields=["closed_at"], name="case_closed_at"),
        ),
    ]
