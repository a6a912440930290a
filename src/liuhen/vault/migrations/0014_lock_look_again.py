from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0013_original_received_at")]

    operations = [
        migrations.AddField(
            model_name="objectlock",
            name="look_again_at",
            field=models.DateTimeField(null=True, verbose_name="再次核对"),
        ),
    ]
