"""Originals, copies and receipts: all recorded, none ever changed. Writes are acts."""

from django.db import models

from liuhen.ledger.kinds import Recorded


class Original(Recorded):
    """Bytes as received, known by their SHA-256 (64 hexadecimal digits)."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.BigIntegerField("字节数")
    received_at = models.DateTimeField("收到时间")
    received_by = models.UUIDField("收件人")

    class Meta:
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
        verbose_name = verbose_name_plural = "副本"


class Receipt(Recorded):
    """Our signed word that we hold the bytes (docs/formats/receipt.md)."""

    id = models.BigAutoField(primary_key=True)
    original = models.ForeignKey(Original, models.PROTECT, related_name="receipts")
    note = models.TextField("签名收据")
    issued_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = verbose_name_plural = "收据"
