"""Reads of approvals: what waits for whom. Not for who may see the case behind one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from liuhen.approvals.models import Approval
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds, stood_in_for

# What is asked, as people call it.
KIND_TITLES = {
    "agreement": "执行协议签署",
    "handling": "查封扣押财物处理",
    "closing": "结案审批",
    "court": "申请法院强制执行",
    "crime_transfer": "涉嫌犯罪案件移送",
    "decision": "决定审批",
    "deferral": "延期、分期缴纳罚款审批",
    "defence_review": "陈述申辩复核",
    "file_return": "归档案卷退回补充",
    "filing": "简易程序案件备案",
    "initiation": "程序启动审批",
    "lead_prolongation": "延长线索核查时间",
    "lead_refusal": "不予立案",
    "lead_transfer": "线索移送",
    "legality_review": "法制审核",
    "prolongation": "延长期限审批",
    "recording_extension": "音像记录延期存入",
    "objection": "征收异议复核",
    "own_paper": "本机关增加的文书",
    "preservation": "先行登记保存审批",
    "exemption": "不进行同步录音录像审批",
    "recording_stopped": "无法继续记录的书面报告",
}


def waiting_for(person: Person) -> QuerySet[Approval]:
    """Open requests to an office the person holds, oldest first; own requests are left out, and in
    somebody's place that one's own.
    """
    kinds = office_kinds(person)
    own = Q(asked_by=person)
    for kind in kinds:
        if others := stood_in_for(person, {kind}):
            own |= Q(office=kind, asked_by__in=others)
    rows = Approval.objects.filter(office__in=kinds, outcome="").exclude(own)
    return rows.select_related("asked_by").order_by("asked_at", "id")
