"""Registers the jobs with procrastinate: their names, locks and hours. Not for their work.

A name is a contract with queued rows (`actions.deferring`); it never changes its meaning.
"""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.second_copies import make_missing_copies
from liuhen.actions.sm3_digests import take_missing_digests
from liuhen.jobs import (
    backups,
    copying,
    damage,
    examining,
    judging,
    measuring,
    media,
    noticing,
    packaging,
    party_copying,
    recognising,
    redacting,
    rereading,
    scrubbing,
    searching,
    taking_over,
    webhooks,
)
from liuhen.recordings.docking_log import forget_old_dockings

# Deferred by acts, within their transaction.
app.task(name="liuhen.jobs.media.read_recording", retry=3)(media.read_recording)
app.task(name="liuhen.jobs.media.make_thumbnail", retry=3)(media.make_thumbnail)
app.task(name="liuhen.jobs.examining.examine", retry=3)(examining.examine)
# One at a time: coding anew takes a processor for as long as the recording lasts.
app.task(name="liuhen.jobs.examining.make_playable", retry=3, lock="proxy")(examining.make_playable)
app.task(name="liuhen.jobs.measuring.measure_filmed_clock", retry=3)(measuring.measure_filmed_clock)
app.task(name="liuhen.jobs.media.dock")(media.dock)
app.task(name="liuhen.jobs.redacting.make_redacted", lock="proxy")(redacting.make_redacted)
app.task(name="liuhen.jobs.party_copying.copy_for_party", lock="proxy")(
    party_copying.copy_for_party
)
app.task(name="liuhen.jobs.packaging.make_package", lock="package")(packaging.make_package)
# One at a time: the models take a processor and half a gigabyte.
app.task(name="liuhen.jobs.recognising.read_picture", retry=3, lock="words")(
    recognising.read_picture
)


@app.task(name="liuhen.jobs.judging.all", queueing_lock="liuhen.jobs.judging.all", retry=3)
def judge_all_cases() -> None:
    """After a figure was set or a year table imported: every case."""
    judging.judge_all_cases()


# Behind what somebody waits for; one at a time, since it goes on from where the last one was.
@app.periodic(cron="* * * * *")
@app.task(
    name="liuhen.jobs.judging.upgrade",
    queueing_lock="judging.upgrade",
    lock="judging.upgrade",
    priority=-1,
)
def judge_after_upgrade(timestamp: int) -> None:
    """Every minute: whether an upgrade left cases that its rules have not judged yet."""
    judging.judge_after_upgrade()


# Deferred by the sequencer after each batch.
app.task(name="liuhen.jobs.searching.follow")(searching.follow_ledger)


@app.periodic(cron="* * * * *")
@app.task(name="liuhen.jobs.webhooks.tell", queueing_lock="webhooks.tell", lock="webhooks")
def tell_webhooks(timestamp: int) -> None:
    """Every minute: what other systems asked to hear."""
    webhooks.tell_webhooks()


@app.periodic(cron="*/10 * * * *")
@app.task(name="liuhen.jobs.noticing.tell", queueing_lock="noticing.tell", lock="noticing")
def tell_people(timestamp: int) -> None:
    """Every ten minutes: what waits on desks, by mail to whoever chose it."""
    noticing.tell_people()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.searching.catch_up", queueing_lock="searching.catch_up")
def catch_up_with_ledger(timestamp: int) -> None:
    """Every five minutes: entries whose job was lost."""
    searching.follow_ledger()


@app.periodic(cron="* * * * *")
@app.task(name="liuhen.jobs.judging.due", queueing_lock="judging.due")
def judge_due_cases(timestamp: int) -> None:
    """Every minute: cases whose findings time alone has changed."""
    judging.judge_due_cases()


@app.periodic(cron="* * * * *")
@app.task(name="liuhen.jobs.judging.warn", queueing_lock="judging.warn")
def warn_of_expiry(timestamp: int) -> None:
    """Every minute: clocks that come into their last stretch."""
    judging.warn_of_expiry()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.judging.reconcile", queueing_lock="judging.reconcile")
def reconcile_vault(timestamp: int) -> None:
    """Every five minutes: what should be in the vault against what is."""
    judging.reconcile_vault()


@app.periodic(cron="*/10 * * * *")
@app.task(name="liuhen.jobs.judging.units", queueing_lock="judging.units")
def judge_units(timestamp: int) -> None:
    """Every ten minutes: the duties of units, which no act on a case touches."""
    judging.judge_all_units()


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="liuhen.jobs.judging.suspect", queueing_lock="judging.suspect", lock="suspect")
def raise_found_suspicions(timestamp: int) -> None:
    """Every ten minutes, after the units were judged: what a person has to decide (Art. 47)."""
    judging.raise_found_suspicions()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.media.read_waiting_recordings", queueing_lock="media.waiting")
def read_waiting_recordings(timestamp: int) -> None:
    """Every five minutes: recordings nobody has read, uploads a killed server left."""
    media.finish_uploads()
    media.read_waiting_recordings()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.recognising.read_waiting", queueing_lock="words.waiting", lock="words")
def read_waiting_pictures(timestamp: int) -> None:
    """Every five minutes: photos in which nobody has looked for words."""
    recognising.read_waiting_pictures()


# One at a time, and behind everything that is waited for: listening takes a processor for long.
@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.recognising.hear", queueing_lock="speech", lock="speech", priority=-10)
def hear_waiting(timestamp: int) -> None:
    """Every five minutes: recordings to which no machine has listened."""
    recognising.hear_waiting()


# Shares its turn with listening: the two together would leave a worker no place for other jobs.
@app.periodic(cron="*/5 * * * *")
@app.task(
    name="liuhen.jobs.damage.look_through",
    queueing_lock="damage",
    lock="speech",
    priority=-10,
)
def look_through_recordings(timestamp: int) -> None:
    """Every five minutes: recordings that nobody has decoded from beginning to end."""
    damage.look_through_waiting()


@app.periodic(cron="3-59/5 * * * *")
@app.task(
    name="liuhen.jobs.rereading.read_again",
    queueing_lock="rereading",
    lock="speech",
    priority=-10,
)
def read_again(timestamp: int) -> None:
    """Every five minutes: recordings of which earlier versions kept less than is kept now."""
    rereading.read_again()


@app.periodic(cron="*/2 * * * *")
@app.task(name="liuhen.jobs.media.copy_originals", queueing_lock="media.copies")
def copy_originals(timestamp: int) -> None:
    """Every two minutes: originals that the second store lacks."""
    make_missing_copies()


@app.periodic(cron="*/2 * * * *")
@app.task(name="liuhen.jobs.copying.bucket", queueing_lock="copying.bucket", lock="bucket")
def copy_to_bucket(timestamp: int) -> None:
    """Every two minutes: originals that the bucket lacks, locks to be extended."""
    copying.copy_on()


@app.periodic(cron="*/2 * * * *")
@app.task(name="liuhen.jobs.media.take_sm3_digests", queueing_lock="media.sm3")
def take_sm3_digests(timestamp: int) -> None:
    """Every two minutes: originals whose SM3 digest has not been taken."""
    take_missing_digests()


@app.task(name="liuhen.jobs.destroying.ordered", queueing_lock="liuhen.jobs.destroying.ordered")
def destroy_now() -> None:
    """After an order of destruction."""
    destroy_ordered()


@app.periodic(cron="*/5 * * * *")
@app.task(name="liuhen.jobs.destroying.on", queueing_lock="destroying.on", lock="destroying")
def destroy_on(timestamp: int) -> None:
    """Every five minutes: disposals under way, until every copy is proven gone."""
    destroy_ordered()


@app.periodic(cron="* * * * *")
@app.task(name="liuhen.jobs.taking_over.all", queueing_lock="taking_over", pass_context=True)
async def take_over(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs of workers that died in the middle of them."""
    await taking_over.take_over(context.app.job_manager)


@app.periodic(cron="17 * * * *")
@app.task(name="liuhen.jobs.media.expire_uploads", queueing_lock="media.expire")
def expire_abandoned_uploads(timestamp: int) -> None:
    """Every hour: uploads nobody came back for, what kills left, old packages and dockings."""
    media.expire_abandoned_uploads()
    packaging.expire_packages()
    forget_old_dockings()


@app.periodic(cron="* * * * *")
@app.task(name="liuhen.jobs.scrubbing.scrub", queueing_lock="scrub", lock="scrub")
def scrub(timestamp: int) -> None:
    """Every minute: rows, ledger, tiles and originals read again, a portion further."""
    scrubbing.scrub_on()


@app.periodic(cron="30 17 * * *")
@app.task(name="liuhen.jobs.backups.back_up", queueing_lock="backup", lock="backup")
def back_up(timestamp: int) -> None:
    """At half past one in the night of the authority: one more backup set."""
    backups.back_up()


@app.periodic(cron="30 18 1 * *")
@app.task(name="liuhen.jobs.backups.drill", queueing_lock="backup.drill", lock="backup")
def drill(timestamp: int) -> None:
    """Once a month: the newest backup restored, verified, and the result entered."""
    backups.drill()
