from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recordings", "0013_scans")]

    operations = [
        AddIndexConcurrently(
            model_name="derivative",
            index=models.Index(
                fields=["original"],
                name="derivative_made_with_less",
                condition=models.Q(kind__in=("waveform", "darkness"))
                & ~models.Q(how__has_key="long"),
            ),
        ),
        AddIndexConcurrently(
            model_name="recording",
            index=models.Index(
                fields=["stored_at", "id"],
                name="recording_unread",
                condition=models.Q(media__state="probing", disposed_at=None),
            ),
        ),
        AddIndexConcurrently(
            model_name="recording",
            index=models.Index(
                fields=["id"],
                name="recording_read_with_less",
                condition=models.Q(media__state="read", disposed_at=None)
                & ~models.Q(media__has_key="video_spans"),
            ),
        ),
    ]
