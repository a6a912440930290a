import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0011_hand_over_in_portions"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="turn",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="UploadPiece",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("start", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="recordings.upload",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
