from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0006_events_and_carriers")]

    operations = [
        AddIndexConcurrently(
            model_name="indexed",
            index=models.Index(
                fields=["event", "-at"], name="indexed_event", condition=~models.Q(event="")
            ),
        ),
        AddIndexConcurrently(
            model_name="indexed", index=models.Index(fields=["-at"], name="indexed_time")
        ),
    ]
