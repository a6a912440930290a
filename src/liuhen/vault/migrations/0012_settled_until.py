from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0011_bucket_left")]

    operations = [
        migrations.AddField(
            model_name="storestate",
            name="settled_until",
            field=models.DateTimeField(null=True, verbose_name="此前收到的都已办好"),
        ),
    ]
