"""How the running system does: ledger, jobs, cameras, scrub, copies, replicas, as signs.

One list for the operator's page, `/metrics`, `liuhen doctor` and the alarms told outside. Reads
only, with a fixed number of queries. Not for this machine (`host.signs`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Now
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinateWorker,
)

from liuhen.cameras.models import CameraState, Operation, RecorderState
from liuhen.cameras.queries import SILENT_AFTER, recorder_alarms
from liuhen.compliance.sweeps import sweep_progress
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW, Sign, machine_signs
from liuhen.host.silences import silence_sign
from liuhen.host.telling import telling_sign
from liuhen.kernel import clock
from liuhen.ledger.models import Entry, Pending
from liuhen.ledger.queries import latest_checkpoint, waiting_count
from liuhen.people.models import MailState, Office, Person
from liuhen.people.queries import holders
from liuhen.upkeep.damage_sign import damage_sign
from liuhen.upkeep.database_signs import away_sign, database_sign
from liuhen.upkeep.identity_numbers import identity_numbers_sign
from liuhen.upkeep.rereading_sign import rereading_sign
from liuhen.upkeep.sm3_sign import sm3_sign
from liuhen.vault.models import BackupPlace, BackupSet, Replica, Scrub, StoreState
from liuhen.vault.queries import standing_alarms
from liuhen.vault.store import S3, SECOND

# An entry gets its index within seconds; one that waits longer tells that no sequencer works.
LATE = dt.timedelta(minutes=2)
# A replica reports with each pull; one that says nothing for a day does not follow.
SILENT = dt.timedelta(days=1)
# Our own standards: everything is read again within a month, a restore is drilled each quarter.
SCRUB_LATE = dt.timedelta(days=31)
DRILL_LATE = dt.timedelta(days=92)
# A set a night: two days without one is late, a week is none.
BACKUP_LATE, BACKUP_VERY_LATE = dt.timedelta(days=2), dt.timedelta(days=7)
_WORKER_SILENT = dt.timedelta(minutes=2)
_JOB_LATE, _JOB_VERY_LATE = dt.timedelta(minutes=10), dt.timedelta(hours=1)
_FAILED_SINCE = dt.timedelta(days=1)
_BACKUP_REMEDY = "看备份磁盘是否挂好、是否放满；手工运行 liuhen backup 看它怎么说。"
# The bucket may be restarted; away for longer, somebody has to look.
_BUCKET_AWAY, _BUCKET_SILENT = dt.timedelta(minutes=15), dt.timedelta(hours=1)


def all_signs() -> list[Sign]:
    """Every sign of the running system; with the database away, that and the machine's."""
    home = settings.HOME
    machine = [silence_sign(home), *machine_signs(home), telling_sign(home)]
    try:
        return [database_sign(), *record_signs(), *machine]
    except (OperationalError, InterfaceError) as error:
        connection.close()
        return [away_sign(error), *machine]


def record_signs() -> list[Sign]:
    """What the database knows of ledger, jobs, cameras, scrub, copies and replicas."""
    return [
        ledger_sign(),
        identity_numbers_sign(),
        administrator_sign(),
        worker_sign(),
        jobs_sign(),
        *_sweep(),
        *_cameras(),
        scrub_sign(),
        *_second_store(),
        *_bucket(),
        sm3_sign(),
        damage_sign(),
        rereading_sign(),
        *_replicas(),
        *backup_signs(),
        *_notices(),
    ]


def oldest_waiting() -> dt.datetime | None:
    """When the entry was recorded that has waited longest for its index."""
    first = Pending.objects.order_by("number").values_list("entry_id", flat=True).first()
    if first is None:
        return None
    return Entry.objects.filter(id=first).values_list("recorded_at", flat=True).first()


def ledger_sign() -> Sign:
    """How far the sequencer is behind what was recorded."""
    now, checkpoint, waiting, oldest = (
        clock.now(),
        latest_checkpoint(),
        waiting_count(),
        oldest_waiting(),
    )
    lag = now - oldest if oldest else dt.timedelta()
    age = (now - checkpoint.signed_at).total_seconds() if checkpoint else -1
    figures = {
        "entries": checkpoint.size if checkpoint else 0,
        "waiting": waiting,
        "lag_seconds": round(lag.total_seconds(), 3),
        "checkpoint_age_seconds": age,
    }
    title = "账本编号"
    if lag > LATE:
        words = f"{waiting} 条等待编号，最早的等了 {lag.total_seconds() / 60:.0f} 分钟"
        remedy = "记录没有丢。看 log/liuhen.log 中 sequencer 的行；没有这个进程的，重新启动服务。"
        return Sign("ledger", title, RED, words, remedy, figures)
    words = f"{waiting} 条正在编号" if waiting else f"{figures['entries']} 条全部签署"
    return Sign("ledger", title, GREEN, words, "", figures)


def administrator_sign() -> Sign:
    """Whether anybody may register and appoint people."""
    title, count = "安全管理员", holders(Office.Kind.SECURITY).count()
    if not count and Person.objects.exists():
        remedy = "请在服务器上运行 liuhen appoint 登记一名，再由其登记其他人员。"
        return Sign("administrator", title, RED, "无人担任，人员不能登记和任命", remedy)
    return Sign("administrator", title, GREEN, f"{count} 名")


def worker_sign() -> Sign:
    """Whether anybody runs jobs."""
    title = "后台进程"
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - _WORKER_SILENT).count()
    if not alive:
        remedy = (
            "读取文件、判定期限都在等它。它由 liuhen serve 启动，退出后自动重新启动；"
            "服务在运行而一直没有它的，看 log/liuhen.log 中 worker 最后的几行，再重新启动服务。"
        )
        return Sign("worker", title, RED, "没有一个在工作", remedy, {"alive": 0})
    return Sign("worker", title, GREEN, f"{alive} 个在工作", "", {"alive": alive})


def _sweep() -> Iterator[Sign]:
    """How far the cases are judged again after an upgrade; nothing when they are."""
    progress = sweep_progress()
    if progress is not None:
        judged, cases = progress
        words = f"升级以后按新的规则重新判断：{judged} / {cases} 件"
        figures = {"judged": judged, "cases": cases}
        yield Sign("sweep", "重新判断案件", YELLOW, words, "由后台进程继续，不用处理。", figures)


def jobs_sign() -> Sign:
    """How long jobs wait, and which failed for good."""
    todo = ProcrastinateJob.objects.filter(status="todo")
    due = Q(job__scheduled_at=None) | Q(job__scheduled_at__lte=Now())
    waited = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    waiting = todo.count()
    longest = (
        ProcrastinateEvent.objects.filter(due, job__status="todo", type="deferred").aggregate(
            longest=Max(waited)
        )["longest"]
        or dt.timedelta()
    )
    failed = sorted(
        set(
            ProcrastinateEvent.objects.filter(type="failed", at__gt=Now() - _FAILED_SINCE)
            .order_by("-id")
            .values_list("job__task_name", flat=True)[:200]
        )
    )
    figures = {
        "waiting": waiting,
        "longest_wait_seconds": round(longest.total_seconds(), 3),
        "failed_kinds": len(failed),
    }
    title, minutes = "后台任务", longest.total_seconds() / 60
    if longest > _JOB_VERY_LATE:
        remedy = "停了或者忙不过来：看 log/liuhen.log 中 worker 的行；可以再启动 liuhen worker。"
        words = f"{waiting} 项在等，最久的等了 {minutes:.0f} 分钟"
        return Sign("jobs", title, RED, words, remedy, figures)
    if failed:
        names = "、".join(name.removeprefix("liuhen.jobs.") for name in failed[:5])
        remedy = "看 log/liuhen.log 中这项任务的报错；原因除去以后，定时任务下一轮会自己补做。"
        return Sign("jobs", title, YELLOW, f"一天内失败过：{names}", remedy, figures)
    if longest > _JOB_LATE:
        words = f"{waiting} 项在等，最久的等了 {minutes:.0f} 分钟"
        return Sign("jobs", title, YELLOW, words, "稍后再看；一直增长时增加后台进程。", figures)
    return Sign("jobs", title, GREEN, f"{waiting} 项在等" if waiting else "没有积压", "", figures)


_TROUBLES = {
    "storage_low": "存储空间按现在的速度只够约 {} 小时",
    "footage_waiting": "有 {} 个片段等待入库",
}


def _cameras() -> Iterator[Sign]:
    """The recorder and the cameras in service; nothing where none is."""
    count = Operation.objects.filter(until=None).count()
    if not count:
        return
    recorder = RecorderState.objects.first()
    title = "固定监控"
    if recorder is None or clock.now() - recorder.seen_at > SILENT_AFTER:
        remedy = "看 log/liuhen.log 中 recorder 的行；这段时间的画面没有录下，会登记为中断。"
        yield Sign("cameras", title, RED, "录制程序没有回音", remedy, {"on_duty": count})
        return
    down = CameraState.objects.filter(state=CameraState.State.DOWN).count()
    figures = {
        "on_duty": count,
        "down": down,
        "waiting_segments": recorder.waiting,
        "rate_bytes": recorder.rate,
    }
    if down:
        remedy = "到“场所监控”看是哪一路、什么原因。"
        yield Sign("cameras", title, RED, f"{count} 路中有 {down} 路中断", remedy, figures)
        return
    if troubles := [_TROUBLES[one.kind].format(one.figure) for one in recorder_alarms(recorder)]:
        remedy = "扩充存储，或者看数据库和存储为什么收得慢；系统不会自动删除任何记录。"
        yield Sign("cameras", title, YELLOW, "；".join(troubles), remedy, figures)
        return
    yield Sign("cameras", title, GREEN, f"{count} 路都在录制", "", figures)


def scrub_sign() -> Sign:
    """What the continuous scrub found, and when it last came to an end."""
    title, standing = "持续巡检", standing_alarms().count()
    oldest = Scrub.objects.order_by(F("finished_at").asc(nulls_first=True)).first()
    finished = oldest.finished_at if oldest else None
    age = clock.now() - finished if finished else None
    figures = {"alarms": standing, "age_seconds": age.total_seconds() if age else -1}
    if standing:
        remedy = "保留现场，看“信任与核验”页，运行 liuhen verify；原件受损的用 liuhen repair。"
        return Sign("scrub", title, RED, f"发现 {standing} 处不一致", remedy, figures)
    if settings.SCRUB_SECONDS <= 0:
        return Sign(
            "scrub", title, UNKNOWN, "已停用", "LIUHEN_SCRUB_SECONDS 大于 0 即启用。", figures
        )
    if age is None:
        return Sign("scrub", title, UNKNOWN, "第一遍还没有读完", "", figures)
    if age > SCRUB_LATE:
        remedy = "加大 LIUHEN_SCRUB_SECONDS，使一个月内能读完一遍。"
        return Sign("scrub", title, YELLOW, f"{age.days} 天没有读完一遍", remedy, figures)
    return Sign("scrub", title, GREEN, "没有不一致", "", figures)


def _second_store() -> Iterator[Sign]:
    """What hinders second copies, and how many originals the scrub found in one place only."""
    tried = StoreState.objects.filter(store=SECOND).first() if settings.SECOND_STORE else None
    if tried is not None and tried.trouble:
        words = f"{tried.trouble[:200]}；{tried.waiting} 份等待复制"
        remedy = "其余原件照常复制。修复、腾出空间以后自动补齐。"
        figures = {"waiting": tried.waiting}
        yield Sign("second", "第二存储", RED, words, remedy, figures)
    state = Scrub.objects.filter(check_name="originals").first()
    counts = {
        int(number): many
        for number, many in (state.told if state else {}).get("copies", {}).items()
    }
    if not counts:
        return
    single = counts.get(0, 0) + counts.get(1, 0)
    figures = {"single": single}
    if single:
        remedy = (
            "正在自动补齐；不减少时，看副本所在磁盘是否放满、后台任务是否失败。"
            if settings.SECOND_STORE or settings.S3
            else "设定 LIUHEN_SECOND_STORE 或 LIUHEN_S3_ENDPOINT，或者建立异地副本；之后自动补齐。"
        )
        words = f"{single} 份原件只有一处"
        yield Sign("copies", "原件的副本", YELLOW, words, remedy, figures)
    else:
        yield Sign("copies", "原件的副本", GREEN, "每份至少两处", "", figures)


def _bucket() -> Iterator[Sign]:
    """How the job does that copies originals into the bucket; nothing where none is named."""
    if settings.S3 is None:
        return
    title, state = "对象存储", StoreState.objects.filter(store=S3).first()
    if state is None:
        remedy = "稍后再看；一直没有的，看 log/liuhen.log 中 worker 的行。"
        yield Sign("bucket", title, UNKNOWN, "还没有存过", remedy)
        return
    now = clock.now()
    age = now - (state.oldest_at or now) if state.waiting else dt.timedelta()
    waits = f"{state.waiting} 份原件等待存入" if state.waiting else "没有等待存入的原件"
    figures = {"waiting": state.waiting, "longest_wait_seconds": age.total_seconds()}
    if state.trouble:
        lamp = RED if now - (state.well_at or state.tried_at) > _BUCKET_AWAY else YELLOW
        remedy = "原件没有丢，恢复后自动补存。用 liuhen doctor 看它怎么说，检查网络、密钥和空间。"
        yield Sign("bucket", title, lamp, f"{state.trouble[:200]}；{waits}", remedy, figures)
    elif now - state.tried_at > _BUCKET_SILENT:
        remedy = "看 log/liuhen.log 中 worker 的行：存入对象存储的任务没有运行，或者一次存得太久。"
        minutes = (now - state.tried_at).total_seconds() / 60
        yield Sign("bucket", title, YELLOW, f"{minutes:.0f} 分钟没有动静；{waits}", remedy, figures)
    else:
        yield Sign("bucket", title, GREEN, waits, "", figures)


def _replicas() -> Iterator[Sign]:
    """Each replica: whether it follows and agrees."""
    for one in Replica.objects.order_by("name")[:20]:
        age = clock.now() - one.reported_at
        figures = {"entries": one.size, "age_seconds": age.total_seconds()}
        name, title = f"replica.{one.name}", f"异地副本 {one.name}"
        if one.differences or one.missing:
            remedy = "在副本机器上看 evidence 目录和 liuhen replica status；两边都先不要改动。"
            yield Sign(name, title, RED, "与本机有差异", remedy, figures)
        elif one.trouble:
            remedy = "在副本机器上腾出空间或者扩大磁盘，看它的目录能不能写；之后它从断处继续。"
            yield Sign(name, title, RED, f"不能再保存：{one.trouble}", remedy, figures)
        elif age > SILENT:
            words = f"{age.total_seconds() / 3600:.0f} 小时没有报告"
            yield Sign(name, title, YELLOW, words, "看副本机器和网络。", figures)
        else:
            yield Sign(name, title, GREEN, f"已跟到第 {one.size} 条", "", figures)


def backup_signs() -> list[Sign]:
    """Each repository: its newest set, its last try, its last drill."""
    newest = {
        one.store: one
        for one in BackupSet.objects.order_by("store", "-at", "-id").distinct("store")[:20]
    }
    places = BackupPlace.objects.in_bulk(list(newest))
    found = [_never_backed_up(one) for one in BackupPlace.objects.exclude(store__in=newest)[:20]]
    if not newest and not found:
        remedy = "设定 LIUHEN_BACKUP_TARGET 和 LIUHEN_BACKUP_KEY，或者运行 liuhen backup。"
        return [Sign("backup", "备份", UNKNOWN, "还没有做过", remedy)]
    for store, one in newest.items():
        place = places.get(store) or BackupPlace(store=store)
        found += [_backup(one, place), _drill(place)]
    return found


def _never_backed_up(place: BackupPlace) -> Sign:
    """A repository that holds no set yet: its first try failed."""
    repository = place.store.partition(":")[2]
    words = f"还没有成功过，最近一次失败：{place.trouble[:200]}"
    return Sign(f"backup.{repository}", f"备份 {repository}", RED, words, _BACKUP_REMEDY)


def _backup(one: BackupSet, place: BackupPlace) -> Sign:
    repository = one.store.partition(":")[2]
    age = clock.now() - one.recorded_at
    name, title = f"backup.{repository}", f"备份 {repository}"
    figures = {"age_seconds": age.total_seconds(), "entries": one.entries}
    hours, until = age.total_seconds() / 3600, f"{clock.local(one.at):%Y-%m-%d %H:%M:%S}"
    words = f"最近一次在 {hours:.0f} 小时前，可恢复到 {until}"
    if place.trouble:
        words = f"最近一次失败：{place.trouble[:200]}"
        return Sign(name, title, RED, words, _BACKUP_REMEDY, figures)
    if age > BACKUP_LATE:
        lamp = RED if age > BACKUP_VERY_LATE else YELLOW
        return Sign(name, title, lamp, words, _BACKUP_REMEDY, figures)
    return Sign(name, title, GREEN, words, "", figures)


def _drill(place: BackupPlace) -> Sign:
    repository = place.store.partition(":")[2]
    name, title = f"drill.{repository}", f"恢复演练 {repository}"
    if place.drilled_at is None:
        remedy = "设定了备份的，每月自动演练；也可以运行 liuhen restore --drill。"
        return Sign(name, title, UNKNOWN, "没有做过", remedy)
    age = clock.now() - place.drilled_at
    figures = {"age_seconds": age.total_seconds()}
    differences = place.drill.get("differences", 0)
    if differences:
        remedy = "用 liuhen backup --check 看哪些文件损坏；马上做一次全量备份，并检查备份磁盘。"
        return Sign(name, title, RED, f"恢复后有 {differences} 处差异", remedy, figures)
    words = f"{age.days} 天前恢复成功，用时 {place.drill.get('seconds')} 秒"
    if age > DRILL_LATE:
        return Sign(name, title, YELLOW, words, "该再做一次：liuhen restore --drill。", figures)
    return Sign(name, title, GREEN, words, "", figures)


def _notices() -> Iterator[Sign]:
    """Whether the mails people chose reach them; nothing where no mail is set."""
    if settings.NOTICES is None:
        return
    chosen = MailState.objects.filter(person__is_active=True)
    counts = chosen.aggregate(all=Count("person"), troubled=Count("person", ~Q(trouble="")))
    figures = {"chosen": counts["all"], "troubled": counts["troubled"]}
    if counts["troubled"]:
        words = f"{counts['all']} 人中有 {counts['troubled']} 人的邮件没有送达"
        remedy = "看 log/liuhen.log 中的 liuhen.notices：被拒收的由本人更正，其余查邮件服务器。"
        yield Sign("notices", "邮件提醒", YELLOW, words, remedy, figures)
    else:
        yield Sign("notices", "邮件提醒", GREEN, f"{counts['all']} 人选择接收", "", figures)
