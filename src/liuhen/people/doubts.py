"""Why nobody knows yet which device a camera is. Not for settling it (`actions.strange_cameras`).

Such a camera was docked and stands in the register of devices, not in service, with the serial it
claims, until a person says that it is a registered device, or registers it.
"""

from django.db import models


class Doubt(models.TextChoices):
    """The cause of the doubt."""

    UNREGISTERED = "unregistered", "序列号没有登记"
    UNRECOGNISED = "unrecognised", "从文件名认不出是哪台设备"
    TWIN = "twin", "同时接入两处，序列号相同：两台设备，或者一台设备的两张存储卡"


class Doubtable(models.Model):
    """What a device may be a doubtful case of: why, the serial it claims, when it was settled."""

    doubt = models.CharField(max_length=16, choices=Doubt.choices, default="", db_default="")
    claims = models.CharField("自称序列号", max_length=60, default="", db_default="")
    settled_at = models.DateTimeField("认定时间", null=True)

    class Meta:
        abstract = True

    @property
    def is_strange(self) -> bool:
        """Whether a person still has to say which device it is."""
        return bool(self.doubt) and self.settled_at is None
