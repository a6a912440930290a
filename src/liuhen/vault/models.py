"""Originals, copies, receipts: recorded, never changed. Writes are acts; reports are derived."""

from django.db import models

from liuhen.ledger.kinds import Derived, Recorded


class Original(Recorded):
    """Bytes as received, known by their SHA-256 (64 hexadecimal digits)."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.BigIntegerField("字节数")
    received_at = models.DateTimeField("收到时间")
    received_by = models.UUIDField("收件人")

    class Meta:
        indexes = (
            models.Index(fields=["received_by"], name="original_received_by"),
            models.Index(fields=["received_at", "sha256"], name="original_received_at"),
        )
        verbose_name = verbose_name_plural = "原件"


class Copy(Recorded):
    """One place where an original's bytes lie. `path` is relative to the store."""

    id = models.BigAutoField(primary_key=True)
    original = models.ForeignKey(Original, models.PROTECT, related_name="copies")
    store = models.CharField("存储", max_length=40)
    path = models.CharField("位置", max_length=200)
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["original", "store"], name="copy_place"),)
        indexes = (models.Index(fields=["store", "stored_at"], name="copy_stored_at"),)
        verbose_name = verbose_name_plural = "副本"


class Destruction(Recorded):
    """The order that an original is destroyed: every copy, everything made from it.

    The row of the original, its digest and its entries stay. The database lets a row in only
    where an approved disposal stands behind it (`ledger/guards.sql`); `disposal` is its id,
    `number` what people call it.
    """

    original = models.OneToOneField(
        Original, models.PROTECT, primary_key=True, related_name="destruction"
    )
    disposal = models.UUIDField("处置")
    number = models.CharField("处置编号", max_length=60)
    ordered_at = models.DateTimeField("下令时间")

    class Meta:
        verbose_name = verbose_name_plural = "销毁"


class CopyGone(Recorded):
    """A copy of a destroyed original is proven gone; `how` says who looked and what was seen."""

    id = models.BigAutoField(primary_key=True)
    destruction = models.ForeignKey(Destruction, models.PROTECT, related_name="gone")
    copy = models.OneToOneField(Copy, models.PROTECT, related_name="gone")
    how = models.CharField("证明", max_length=300)
    gone_at = models.DateTimeField("灭失时间")

    class Meta:
        verbose_name = verbose_name_plural = "副本灭失"


class Sm3(Recorded):
    """The SM3 digest of an original (GB/T 32905), taken when its bytes met their SHA-256."""

    original = models.OneToOneField(Original, models.PROTECT, primary_key=True, related_name="sm3")
    digest = models.CharField("SM3", max_length=64)
    taken_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "SM3 摘要"


class Receipt(Recorded):
    """Our signed word that we hold the bytes (docs/formats/receipt.md)."""

    id = models.BigAutoField(primary_key=True)
    original = models.ForeignKey(Original, models.PROTECT, related_name="receipts")
    note = models.TextField("签名收据")
    issued_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = verbose_name_plural = "收据"


class Replica(Derived):
    """What a replica told of itself last: our lamp, not evidence."""

    name = models.CharField("名称", max_length=60, primary_key=True)
    reported_at = models.DateTimeField("最近报告")
    size = models.BigIntegerField("已核验的条数")
    originals = models.BigIntegerField("持有原件")
    missing = models.BigIntegerField("缺少原件")
    differences = models.JSONField("差异", default=list)
    drilled_at = models.DateTimeField("最近演练", null=True)
    drill = models.JSONField("演练结果", default=dict)
    trouble = models.CharField("未能保存", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异地副本"


class BackupSet(Recorded):
    """One run of `liuhen backup`: in which repository, up to which moment, how much of the log.

    `store` is the name of the repository as a store of copies: each original in it has a `Copy`.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.CharField("备份库", max_length=40)
    name = models.CharField("备份集", max_length=40)
    base = models.CharField("所依的全量备份", max_length=40)
    at = models.DateTimeField("恢复到的时刻")
    entries = models.BigIntegerField("账本条数")
    originals = models.BigIntegerField("原件数")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["store", "name"], name="backup_set_name"),)
        verbose_name = verbose_name_plural = "备份集"


class BackupPlace(Derived):
    """How it stands with one repository: last try, last drill. Our lamp, not evidence.

    `path` is the folder it was last found in, empty for one of before.
    """

    store = models.CharField("备份库", max_length=40, primary_key=True)
    path = models.TextField("目录", blank=True, default="", db_default="")
    tried_at = models.DateTimeField("最近备份", null=True)
    trouble = models.CharField("未能备份", max_length=500, blank=True)
    drilled_at = models.DateTimeField("最近演练", null=True)
    drill = models.JSONField("演练结果", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "备份库"


class ObjectLock(Derived):
    """How an original is locked in the bucket, as far as we know: the bucket itself decides.

    `is_held` is the legal hold. `set_at` is when the lock was last held against the records,
    `look_again_at` when it is next though none of them changes; null: noted by an earlier version.
    `left` are the versions the bucket still has of an original that is ordered destroyed, each
    {id, until} with until null for one that no lock keeps; null before any was ordered to go.
    """

    original = models.OneToOneField(
        Original, models.CASCADE, primary_key=True, related_name="object_lock"
    )
    until = models.DateTimeField("锁定至", db_index=True)
    is_held = models.BooleanField("暂缓处置", default=False)
    set_at = models.DateTimeField("核对时间")
    look_again_at = models.DateTimeField("再次核对", null=True)
    left = models.JSONField("剩余版本", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "对象锁定"
        indexes = (models.Index(fields=["look_again_at"], name="object_lock_look_again"),)


class StoreState(Derived):
    """How it stands with what a job fills, a store, digests or readings: last try, what waits.

    Every original received before `settled_until` has it; null: nobody has looked yet. `done` have
    it, of which something was `found` in some: counted as a whole at `well_at`, added to since.
    """

    store = models.CharField("存储", max_length=40, primary_key=True)
    tried_at = models.DateTimeField("最近一次")
    well_at = models.DateTimeField("最近成功", null=True)
    trouble = models.CharField("未能存入", max_length=500, blank=True)
    waiting = models.BigIntegerField("等待的原件", default=0)
    oldest_at = models.DateTimeField("最早等待的收到时间", null=True)
    settled_until = models.DateTimeField("此前收到的都已办好", null=True)
    done = models.BigIntegerField("已办好的", null=True)
    found = models.BigIntegerField("其中查出问题的", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "存储状况"


class Scrub(Derived):
    """How far the continuous scrub is with one check (`vault.checks`); `position` is the check's.

    `rounds` counts how often the check was walked to its end, `read` what this walk has read.
    `told` is what its last whole walk counted: for `originals` {"copies": {copies: originals}}.
    """

    check_name = models.CharField("核验", max_length=40, primary_key=True)
    rounds = models.BigIntegerField("完成遍数", default=0)
    position = models.JSONField("位置", null=True)
    read = models.BigIntegerField("本遍已读", default=0)
    began_at = models.DateTimeField("本遍开始", null=True)
    finished_at = models.DateTimeField("最近读完", null=True)
    told = models.JSONField("清点", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "持续巡检"


class Alarm(Derived):
    """What the scrub found that does not agree; it stands until a later walk no longer finds it.

    A copy for desks and pages: the evidence is the entry `scrub.found`.
    """

    id = models.UUIDField(primary_key=True)
    check_name = models.CharField("核验", max_length=40)
    code = models.CharField("问题", max_length=60)
    record = models.CharField("对象", max_length=300)
    what = models.TextField("说明")
    last_good = models.JSONField("最后完好的状态", null=True)
    last_touched = models.JSONField("最后经手", null=True)
    found_at = models.DateTimeField("发现时间")
    seen_at = models.DateTimeField("最近看到")
    gone_at = models.DateTimeField("不再发现", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "核验告警"
