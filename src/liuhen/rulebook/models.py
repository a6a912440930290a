"""Figures the authority set, its document types, year tables imported, official texts loaded."""

from __future__ import annotations

from django.db import models

from liuhen.ledger.kinds import Guarded
from liuhen.people.models import Person


class SetFigure(Guarded):
    """A figure as the authority set it, from a day on; the next of its name ends it.

    `value` is a whole number, a text or null (no period). With `is_withdrawn` the law's own figure
    stands again from that day. Rows are never changed: a later one takes the place of an earlier.
    """

    name = models.CharField("参数", max_length=80)
    value = models.JSONField("取值", null=True)
    is_withdrawn = models.BooleanField("恢复法定值", default=False)
    valid_from = models.DateField("生效日")
    reason = models.TextField("理由")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = verbose_name_plural = "参数设定"
        indexes = (models.Index(fields=["name", "valid_from"], name="set_figure_name"),)


class YearTable(Guarded):
    """An imported table of rest days and worked days; of one year the last imported counts.

    `body` is one row in the format of `law/years.toml`; `differences` are the days on which it
    disagreed with the second source, `second_source` which that was ("" = none knew the year).
    """

    year = models.PositiveSmallIntegerField("年度")
    version = models.CharField("版本", max_length=120)
    source = models.CharField("来源", max_length=300)
    body = models.TextField("内容")
    second_source = models.CharField("对照来源", max_length=120, blank=True)
    differences = models.JSONField("不一致的日期", default=list)
    imported_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "年度放假安排"
        indexes = (models.Index(fields=["year", "imported_at"], name="year_table_year"),)


class OfficialText(Guarded):
    """The official text of one article, as the operator loaded it from a file of the authority."""

    article = models.CharField("条", max_length=40)
    text = models.TextField("原文")
    version = models.CharField("版本", max_length=80)
    sha256 = models.CharField("文件摘要", max_length=64)
    loaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        verbose_name = verbose_name_plural = "规定原文"
        indexes = (models.Index(fields=["article", "loaded_at"], name="official_text_article"),)


class TypeVersion(Guarded):
    """A document type as the authority has it from a day on; the next of its key ends it.

    `definition` is the type as data (`assembly.own_types`). With `is_withdrawn` the product's own
    stands again from that day or, where there is none, the type is drawn up no more. Rows are never
    changed: a paper keeps the version it is made by.
    """

    key = models.CharField("文种", max_length=40)
    number = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=60)
    definition = models.JSONField("式样", default=dict)
    is_withdrawn = models.BooleanField("停用", default=False)
    valid_from = models.DateField("生效日")
    reason = models.TextField("理由")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = verbose_name_plural = "文书式样"
        constraints = (models.UniqueConstraint(fields=["key", "number"], name="type_version"),)
        indexes = (models.Index(fields=["key", "valid_from"], name="type_version_day"),)
