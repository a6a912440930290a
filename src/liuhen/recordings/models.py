"""Recordings, gaps, uploads, derivatives and texts. Writes are acts (`actions.recordings`)."""

from django.db import models

from liuhen.cases.models import Activity, Case, Party
from liuhen.kernel.ids import new_id
from liuhen.ledger.kinds import Derived, Guarded, Recorded
from liuhen.people.models import CLASSIFIED, Device, Person, Secrecy
from liuhen.vault.models import Original


class Recording(Guarded):
    """What was recorded: an original, its span on the corrected clock, its label.

    `returned_at` is the return to the office (null: unknown, Art. 39); `stored_at` when the
    bytes came onto dedicated storage. Times are null when nothing tells them credibly;
    `time_source` says which clock told them (`recordings.timing`). `media` is what the file
    holds (`recordings.media_facts`); its `state` is `probing` until somebody has looked.
    `path` is where it lay on its device, `written_at` when it was last written to there, by that
    device's clock: it makes no time, it only tells whether files follow one another. A camera
    that splits a long recording leaves several files: each `follows` the one before it, and its
    times join that one's end. `captured` is what a phone that filmed under our own page told
    (`recordings.captured`).
    The label of Art. 39 is `case` (or `lead_number` until there is one), `party`, `handler`,
    with `place` and `event_kind` for the index of Art. 40.
    """

    class Kind(models.TextChoices):
        VIDEO = "video", "录像"
        AUDIO = "audio", "录音"
        PHOTO = "photo", "照片"
        SCAN = "scan", "扫描件"
        OTHER = "other", "其他"

    original = models.ForeignKey(Original, models.PROTECT, related_name="recordings")
    kind = models.CharField("形式", max_length=8, choices=Kind.choices)
    name = models.CharField("文件名", max_length=255)
    path = models.CharField("设备中的位置", max_length=500, blank=True)
    written_at = models.DateTimeField("设备中的写入时间", null=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="recordings")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="recordings")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="recordings")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    time_source = models.CharField("时间来源", max_length=20, blank=True)
    has_video = models.BooleanField("有画面", null=True)
    has_audio = models.BooleanField("有声音", null=True)
    media = models.JSONField("介质信息", default=dict)
    captured = models.JSONField("拍摄信息", null=True)
    returned_at = models.DateTimeField("返回单位时间", null=True)
    stored_at = models.DateTimeField("存入专用存储时间")
    lead_number = models.CharField("线索编号", max_length=60, blank=True)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="recordings", verbose_name="当事人"
    )
    handler = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="承办人"
    )
    event_kind = models.CharField("事件类型", max_length=40, blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    # Who answers for its label in the place of who made it, since they handed over (Art. 40).
    taken_over_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="接收人"
    )
    labelled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    labelled_at = models.DateTimeField("标注时间", null=True)
    # Beside what the case as a whole touches (Art. 45).
    secrecy = models.CharField("密级", max_length=10, choices=Secrecy.choices, blank=True)
    # When an approved disposal ordered its bytes destroyed (Art. 41); the row stays.
    disposed_at = models.DateTimeField("处置时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "音像记录"
        indexes = (
            models.Index(fields=["case", "started_at"], name="recording_case"),
            models.Index(fields=["made_by", "-stored_at"], name="recording_maker"),
            models.Index(fields=["-stored_at", "id"], name="recording_stored"),
            models.Index(
                fields=["id"],
                name="recording_secret",
                condition=models.Q(secrecy__in=CLASSIFIED),
            ),
            # Jobs look for these every few minutes, and nearly always there are none.
            models.Index(
                fields=["stored_at", "id"],
                name="recording_unread",
                condition=models.Q(media__state="probing", disposed_at=None),
            ),
            models.Index(
                fields=["id"],
                name="recording_read_with_less",
                condition=models.Q(media__state="read", disposed_at=None)
                & ~models.Q(media__has_key="video_spans"),
            ),
        )


class HandOver(Guarded):
    """Who moves or leaves hands over what they hold; received and countersigned (Art. 40).

    `rows` are {"kind": "case", "recording", "device" or "approval", "id": …, "what": …}; of them
    `received_rows` have changed hands: a long list is received in portions.
    """

    leaver = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField("事由", max_length=200)
    rows = models.JSONField("交接事项", default=list)
    drawn_up_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField("列出时间")
    handed_at = models.DateTimeField("移交时间", null=True)
    received_at = models.DateTimeField("接收时间", null=True)
    received_rows = models.PositiveIntegerField("已接收的事项", default=0)
    countersigned_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField("监交时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    paper = models.ForeignKey(Original, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "人员调动交接"
        indexes = (models.Index(fields=["leaver", "-drawn_up_at"], name="hand_over_leaver"),)

    @property
    def step(self) -> str:
        """What comes next: hand, receive, countersign, done or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        steps = (
            (self.handed_at, "hand"),
            (self.received_at, "receive"),
            (self.countersigned_at, "countersign"),
        )
        return next((step for done, step in steps if done is None), "done")


class Bookmark(Guarded):
    """A moment of a recording: `at_ms` on the file's own timeline, what is seen there.

    Marked while filming, or by who looks at it later. A mark that was wrong is withdrawn.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "出示证件"
        RIGHTS = "rights", "告知权利"
        REFUSAL = "refusal", "拒绝配合"
        SIGNING = "signing", "签字"
        INTERRUPTION = "interruption", "说明中断原因"
        SURROUNDINGS = "surroundings", "现场环境"
        PEOPLE = "people", "人员"
        THINGS = "things", "物品"
        HANDLING = "handling", "处置经过"
        OTHER = "other", "其他"

    recording = models.ForeignKey(Recording, models.PROTECT, related_name="bookmarks")
    kind = models.CharField("内容", max_length=16, choices=Kind.choices)
    at_ms = models.BigIntegerField("位置（毫秒）")
    note = models.CharField("说明", max_length=200, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("标记时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "标记"


class SceneItem(Guarded):
    """A thing found at the scene of an activity, listed there, with a photo of it."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="items")
    name = models.CharField("名称", max_length=100)
    quantity = models.CharField("数量", max_length=40)
    note = models.CharField("特征和状态", max_length=200, blank=True)
    photo = models.ForeignKey(Recording, models.PROTECT, null=True, related_name="+")
    listed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField("登记时间")
    entered_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "现场物品"


class Gap(Guarded):
    """A part of an activity that no recording covers, to the millisecond.

    `filled_at` is set when footage handed in later covers it; the row stays.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="gaps")
    started_at = models.DateTimeField("缺口开始")
    ended_at = models.DateTimeField("缺口结束")
    cause = models.CharField("原因", max_length=40, blank=True)
    explanation = models.TextField("说明", blank=True)
    # Said at the start of the resumed footage why it broke off (Art. 21); null: not known.
    is_told_on_resumption = models.BooleanField("恢复时已口头说明", null=True)
    explained_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField("说明时间", null=True)
    noticed_at = models.DateTimeField("发现时间")
    filled_at = models.DateTimeField("补足时间", null=True)
    # Recording could not go on: told at once to the head of the officer's own department (Art. 21).
    reported_at = models.DateTimeField("报告部门负责人时间", null=True)
    reported_to = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "记录缺口"


class Upload(Derived):
    """A file on its way in (tus 1.0). The bytes so far lie in the intake folder under `id`.

    Where the bucket comes first they are its `pieces`, and `turn` says who may add to them.

    A part (`is_part`) never becomes a recording by itself: it waits until an upload that names
    it in `parts` (their ids in order, as text) takes its bytes over.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    metadata = models.JSONField(default=dict)
    is_part = models.BooleanField(default=False)
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Of the whole file, set before it leaves the intake folder.
    sha256 = models.CharField(max_length=64, blank=True)
    # Set when the whole file is in the vault: {"recording": …, "sha256": …, "receipt": …}.
    result = models.JSONField(null=True)
    # Set when the whole file can't become a recording: {"code": …, "data": {…}}.
    refusal = models.JSONField(null=True)
    turn = models.UUIDField(null=True)


class UploadPiece(Derived):
    """Bytes of an upload that lie in the bucket under `name`: acknowledged with this row."""

    id = models.BigAutoField(primary_key=True)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pieces")
    start = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200, unique=True)


class Docking(Derived):
    """One taking in of a mounted camera, while it runs and afterwards: what its page shows.

    Counts are of files, `*_bytes` of bytes. `seen_at` is when it last gave a sign of life.
    `outcomes` names files that are not in the vault or that need a look, at most
    `docking_log.MOST_NAMED` of them. `left_out` counts, by kind, what lies beside recordings and
    folders that can't be read; null where an earlier version did not count.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    folder = models.CharField(max_length=500)
    started_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expected_files = models.IntegerField()
    expected_bytes = models.BigIntegerField()
    done_bytes = models.BigIntegerField(default=0)
    taken = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    ignored = models.IntegerField(default=0)
    not_taken = models.IntegerField(default=0)
    erased = models.IntegerField(default=0)
    outcomes = models.JSONField(default=list)
    left_out = models.JSONField(null=True)

    class Meta:
        indexes = (models.Index(fields=["-started_at"], name="docking_started"),)


class Derivative(Derived):
    """Something made from an original: a thumbnail, a proxy. `path` is below home/derived.

    `how` says from what part and with which figures it was made, so that it can be made again;
    `key` tells several of one kind apart.
    """

    original = models.ForeignKey(Original, models.CASCADE, related_name="derivatives")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=60, blank=True, default="")
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    how = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["original", "kind", "key"], name="derivative_kind"),
        )
        indexes = (
            models.Index(
                fields=["original"],
                name="derivative_made_with_less",
                condition=models.Q(kind__in=("waveform", "darkness"))
                & ~models.Q(how__has_key="long"),
            ),
        )


class DraftText(Derived):
    """What a machine read in a picture or heard in sound: a draft, which decides nothing.

    `key` names the still picture it was read in; the photo itself has none. `lines` is as
    `media.words` or `media.speech` found it. `failure` says why there is no text, in English.
    """

    class Source(models.TextChoices):
        PICTURE = "picture", "画面文字"
        SPEECH = "speech", "语音"

    original = models.ForeignKey(Original, models.CASCADE, related_name="draft_texts")
    source = models.CharField(max_length=8, choices=Source.choices)
    key = models.CharField(max_length=60, blank=True, default="")
    text = models.TextField()
    lines = models.JSONField(default=list)
    failure = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=80)
    version = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["original", "source", "key"], name="draft_text"),
        )


class ConfirmedText(Recorded):
    """A machine's draft as a person confirmed or corrected it. The newest one stands.

    `draft_sha256` is the digest of the draft's text as it lay before that person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="confirmed_texts")
    source = models.CharField("来源", max_length=8, choices=DraftText.Source.choices)
    key = models.CharField(max_length=60, blank=True, default="")
    text = models.TextField("文字")
    is_corrected = models.BooleanField("有更正")
    draft_sha256 = models.CharField(max_length=64)
    model = models.CharField("模型", max_length=80)
    version = models.CharField("版本", max_length=80)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = verbose_name_plural = "确认的文字"
        indexes = (models.Index(fields=["recording", "source", "key"], name="confirmed_text"),)
