from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_entrustment"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="password_given_at",
            field=models.DateTimeField(null=True, verbose_name="初始密码设定时间"),
        ),
    ]
