"""Rooms, cameras, segments and gaps. Writes are acts (`actions.rooms`, `.camera_footage`)."""

from typing import ClassVar

from django.db import models

from liuhen.ledger.kinds import Derived, Guarded, Recorded
from liuhen.people.models import Device, Person, Unit
from liuhen.vault.models import Original


class Room(Guarded):
    """A place under fixed cameras: a case-handling room (Art. 20) or a counter (Art. 9)."""

    class Kind(models.TextChoices):
        HANDLING_ROOM = "handling_room", "办案场所"
        COUNTER = "counter", "受理窗口"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rooms")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    # Whether its cameras show the whole of it, as a person states; null: nobody has said.
    is_covered = models.BooleanField("监控覆盖整个场所", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "场所"
        constraints = (models.UniqueConstraint(fields=["unit", "name"], name="room_name"),)

    def __str__(self) -> str:
        return self.name


class Camera(Guarded):
    """A fixed camera: its device, where its stream is, and what it shows of its room.

    `address` is rtsp:// with the camera's number (no name to be resolved, no password);
    `secret` is the password, sealed (`credentials`).
    """

    image_excludes: ClassVar[tuple[str, ...]] = ("secret",)

    room = models.ForeignKey(Room, models.PROTECT, related_name="cameras")
    device = models.OneToOneField(Device, models.PROTECT, related_name="camera")
    view = models.CharField("安装位置", max_length=60)
    address = models.CharField("视频地址", max_length=300)
    username = models.CharField("登录名", max_length=60, blank=True)
    secret = models.TextField("口令", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "固定监控"


class Operation(Guarded):
    """A span in which a camera is to record; half-open, without an end while it lasts."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="operations")
    since = models.DateTimeField("启用时间")
    until = models.DateTimeField("停用时间", null=True)
    reason = models.CharField("停用原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "启用"
        constraints = (
            models.UniqueConstraint(
                fields=["camera"], condition=models.Q(until=None), name="operation_open"
            ),
        )


class Segment(Recorded):
    """A piece of what a camera sent, as it was sent: an original and its span on our clock.

    `media` is its account in the form of `recordings.media_facts`, as the recorder wrote it.
    """

    id = models.BigAutoField(primary_key=True)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="segments")
    original = models.ForeignKey(Original, models.PROTECT, related_name="segments")
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    has_audio = models.BooleanField("有声音")
    media = models.JSONField("介质信息", default=dict)
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "监控片段"
        constraints = (
            models.UniqueConstraint(fields=["camera", "started_at"], name="segment_start"),
        )
        indexes = (models.Index(fields=["ended_at"], name="segment_end"),)


class CameraGap(Guarded):
    """A span, to the millisecond, in which a camera was to record and did not.

    `cause` is what the recorder saw; `ended_at` is null while it lasts.
    """

    class Cause(models.TextChoices):
        UNREACHABLE = "unreachable", "无法连接摄像机"
        LOST = "lost", "与摄像机的连接中断"
        REJECTED = "rejected", "摄像机拒绝登录"
        NOT_FOUND = "not_found", "摄像机没有这个视频地址"
        NO_PICTURE = "no_picture", "没有视频画面"
        BROKEN_TIMES = "broken_times", "摄像机时间跳变"
        UNREADABLE = "unreadable", "视频流无法识别"
        STALLED = "stalled", "连接仍在但没有画面"
        READER_FAILED = "reader_failed", "读取进程意外结束"
        PICTURES_MISSING = "pictures_missing", "画面缺失"
        STORAGE_FULL = "storage_full", "存储空间不足"
        RECORDER_STOPPED = "recorder_stopped", "录制程序未运行"

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="gaps")
    started_at = models.DateTimeField("中断开始")
    ended_at = models.DateTimeField("恢复时间", null=True)
    cause = models.CharField("原因", max_length=20, choices=Cause.choices)
    noticed_at = models.DateTimeField("发现时间")
    explanation = models.TextField("说明", blank=True)
    explained_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField("说明时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "监控中断"
        constraints = (
            models.UniqueConstraint(
                fields=["camera"], condition=models.Q(ended_at=None), name="camera_gap_open"
            ),
        )
        indexes = (models.Index(fields=["camera", "started_at"], name="camera_gap_start"),)


class CameraState(Derived):
    """How a camera is doing, as the recorder told last (`seen_at`)."""

    class State(models.TextChoices):
        OPENING = "opening", "正在连接"
        RECORDING = "recording", "正在录制"
        DOWN = "down", "中断"

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="present_state"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices)
    cause = models.CharField("原因", max_length=20, blank=True)
    since = models.DateTimeField("自")
    seen_at = models.DateTimeField("最近报告")


class RecorderState(Derived):
    """One row: how the recorder is doing. Sizes in bytes, `rate` in bytes a second."""

    seen_at = models.DateTimeField()
    free = models.BigIntegerField()
    rate = models.BigIntegerField()
    waiting = models.IntegerField()
