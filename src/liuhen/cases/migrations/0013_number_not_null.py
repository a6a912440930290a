from django.db import migrations

# PostgreSQL 18 names the rule that a column is not null after the column, and keeps the name when
# the column gets another; before 18 there is none to rename.
_RENAME = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'cases_party_{old}_not_null') THEN
        ALTER TABLE cases_party
            RENAME CONSTRAINT cases_party_{old}_not_null TO cases_party_{new}_not_null;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_sealed_numbers"),
    ]

    operations = [
        migrations.RunSQL(
            _RENAME.format(old="identity_number", new="sealed_number"),
            _RENAME.format(old="sealed_number", new="identity_number"),
        ),
    ]
