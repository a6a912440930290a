"""Who asks for a copy of a case on discs, and the leader's answer (Art. 42, 46)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import liuhen.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0008_archive_receipt"),
        ("cases", "0016_performance_on_water"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseCopyRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=liuhen.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("recipient", models.CharField(max_length=120, verbose_name="交给")),
                ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("party", "当事人，只有正卷"),
                            ("court", "人民法院、复议机关，正卷和副卷"),
                        ],
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("approved", "同意"), ("returned", "不同意")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("opinion", models.CharField(blank=True, max_length=200, verbose_name="批准意见")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copy_requests",
                        to="cases.case",
                    ),
                ),
                (
                    "copy",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="archive.casecopy",
                    ),
                ),
            ],
            options={
                "verbose_name": "案卷复制申请",
                "verbose_name_plural": "案卷复制申请",
            },
        ),
    ]
