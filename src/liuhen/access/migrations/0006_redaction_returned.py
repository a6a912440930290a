"""A covered copy goes back in which something still shows (Art. 45)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_three_administrators"),
    ]

    operations = [
        migrations.AddField(
            model_name="redaction",
            name="bare",
            field=models.JSONField(null=True, verbose_name="露出的画面"),
        ),
        migrations.AddField(
            model_name="redaction",
            name="returned_for",
            field=models.CharField(blank=True, max_length=200, verbose_name="退回理由"),
        ),
        migrations.AlterField(
            model_name="redaction",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "起草中"),
                    ("making", "正在生成"),
                    ("made", "待审看"),
                    ("returned", "退回补遮"),
                    ("released", "已放行"),
                    ("failed", "未能生成"),
                    ("withdrawn", "已作废"),
                ],
                default="draft",
                max_length=10,
                verbose_name="状态",
            ),
        ),
    ]
