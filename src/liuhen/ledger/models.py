"""Entries, row images and the sequenced log. Writes happen in `ledger.recording` and `sequencing`.

Not for anything a case knows: an entry carries ids and canonical bytes only, because the
ledger lies below every other app.
"""

from django.db import models
from django.db.models import Q

from liuhen.ledger.kinds import Derived, Recorded


class Entry(Recorded):
    """One act. `body` is the hashed canonical JSON (docs/formats/entry.md), never re-serialised."""

    id = models.UUIDField(primary_key=True, editable=False)
    event = models.CharField("事件", max_length=80)
    actor_id = models.UUIDField("行为人")
    case_id = models.UUIDField("案件", null=True)
    subject_kind = models.CharField("对象类别", max_length=40, blank=True)
    subject_id = models.CharField("对象", max_length=80, blank=True)
    recorded_at = models.DateTimeField("记录时间")
    body = models.BinaryField("正文")
    leaf_hash = models.BinaryField("叶散列", max_length=32)

    class Meta:
        indexes = (
            models.Index(fields=["case_id", "recorded_at"], name="entry_case"),
            models.Index(fields=["actor_id", "recorded_at"], name="entry_actor"),
            models.Index(fields=["event", "recorded_at"], name="entry_event"),
            models.Index(fields=["subject_id", "recorded_at"], name="entry_subject"),
            # People, sign-ins, rights, settings, in the order they are read (audit).
            models.Index(
                fields=["-recorded_at", "-id"], name="entry_no_case", condition=Q(case_id=None)
            ),
        )
        verbose_name = verbose_name_plural = "账本条目"


class RowImage(Recorded):
    """A guarded row as an act left it. Written by the table's trigger, never by Python.

    `body` is JSON text {"salt": …, "row": {…}}; a lawful erasure empties it and keeps `sha256`.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="images")
    table = models.CharField("表", max_length=63)
    row_id = models.CharField("行", max_length=80)
    body = models.BinaryField("内容", null=True)
    sha256 = models.BinaryField("散列", max_length=32)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["table", "row_id", "-id"], name="image_row"),)
        verbose_name = verbose_name_plural = "行映像"


class Pending(Derived):
    """An entry that is recorded and waits for its index. Filled by a trigger."""

    number = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True)


class Sequenced(Recorded):
    """The place of an entry in the log: indices have no hole."""

    index = models.BigIntegerField("序号", primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="sequenced")

    class Meta:
        verbose_name = verbose_name_plural = "入账序号"


class Tile(Derived):
    """A tile of the Merkle tree (C2SP tlog-tiles): up to 256 hashes of one level."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "index"], name="tile_place"),)


class Checkpoint(Recorded):
    """A signed statement of the log's size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField("大小", primary_key=True)
    root = models.BinaryField("根散列", max_length=32)
    note = models.TextField("签名检查点")
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        verbose_name = verbose_name_plural = "检查点"


class Cosignature(Recorded):
    """A witness's line under a checkpoint (C2SP tlog-cosignature), verified before it was kept."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField("见证方", max_length=200)
    line = models.TextField("共同签名")
    signed_at = models.DateTimeField("见证时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosignature_once"),
        )
        verbose_name = verbose_name_plural = "见证签名"


class Stamp(Recorded):
    """A time stamp of a checkpoint by an outside authority (RFC 3161), verified before kept."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="stamps")
    authority = models.CharField("时间戳机构", max_length=200)
    token = models.BinaryField("时间戳")
    stamped_at = models.DateTimeField("机构时间")

    class Meta:
        verbose_name = verbose_name_plural = "时间戳"


class Attestation(Derived):
    """How it stands with one witness or stamping authority: asked when, answered what."""

    name = models.CharField("名称", max_length=200, primary_key=True)
    asked_at = models.DateTimeField("最近请求")
    answered_at = models.DateTimeField("最近成功", null=True)
    size = models.BigIntegerField("已见证的条数", default=0)
    trouble = models.CharField("问题", max_length=60, blank=True)
    detail = models.CharField("详情", max_length=300, blank=True)
