from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0017_closed_by_time")]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                fields=["id"], name="case_unbound", condition=models.Q(bound_at=None)
            ),
        ),
    ]
