from django.db import migrations

# What the ledger lacks is found by `changes_at` from now on, like what time has changed.
_OWED = """
UPDATE compliance_finding SET changes_at = due_at + interval '1 microsecond'
WHERE outcome = 'breached' AND "column" = 'text' AND due_at IS NOT NULL AND noted_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0003_expiry_warnings")]

    operations = [
        migrations.RunSQL(_OWED, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="finding", name="finding_unnoted"),
    ]
