from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays with what it holds; `liuhen migrate` seals that afterwards, by acts."""

    dependencies = [
        ("cases", "0011_party_succession"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="party", name="party_identity"),
        migrations.RenameField(
            model_name="party", old_name="identity_number", new_name="sealed_number"
        ),
        migrations.AlterField(
            model_name="party",
            name="sealed_number",
            field=models.TextField(blank=True, verbose_name="证件号码（密文）"),
        ),
        migrations.AddField(
            model_name="party",
            name="number_digest",
            field=models.CharField(
                blank=True, default="", max_length=64, verbose_name="证件号码检索摘要"
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["number_digest"], name="party_number"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                condition=models.Q(
                    ("number_digest", ""), models.Q(("sealed_number", ""), _negated=True)
                ),
                fields=["id"],
                name="party_plain",
            ),
        ),
    ]
