"""The ways to set out for a service: which modes, what the page says. Words only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from liuhen.actions import announcing, service_entrusted
from liuhen.actions.service import ACTIVITIES
from liuhen.actions.service_by_post import ACTIVITY as AT_THE_POST
from liuhen.actions.service_sent import ACTIVITIES as REMOTE
from liuhen.documents.models import Service


@dataclass(frozen=True)
class Way:
    """One way to set out: its modes with the activity of each, and what its page says."""

    modes: Mapping[str, str]
    title: str
    submit: str
    success: str
    article: str
    place: str
    notes: tuple[str, ...]


DOOR = Way(
    ACTIVITIES,
    "上门送达",
    "到达，开始送达",
    "送达已经开始，请制作送达回证。",
    "28.1",
    "送达地点",
    (
        "送达全过程应当有音像记录，由两名执法人员进行。",
        "直接送达：由受送达人或者依法可以代收的人在回证上签名、注明日期。",
        "留置送达：拒绝接收的，邀请见证人到场，说明情况，记明事由和日期，签名后留在住所。",
    ),
)
_POST = Way(
    {Service.Mode.BY_POST: AT_THE_POST},
    "邮寄送达",
    "到达网点，开始交寄",
    "交寄已经开始，请填写邮寄送达登记表。",
    "29.1",
    "交寄的邮政网点",
    (
        "直接送达有困难的，可以邮寄送达；使用邮政特快专递，留存登记、付邮凭证和回执。",
        "交寄时对地址、内件拍照或者录像。",
        "送达日期以回执上注明的收件日期为准，不是交寄的日期。",
    ),
)
_REMOTE = Way(
    REMOTE,
    "传真、电子送达",
    "开始发送",
    "发送已经开始，请选择受送达人确认的地址。",
    "32.1",
    "发送的地点",
    (
        "须有受送达人签名的《电子送达确认书》，只能发送到确认书上的地址。",
        "以到达受送达人特定系统的日期为送达日期；受送达人要求纸质文书的，应当提供。",
        "对发送、到达的画面截屏或者录像。",
    ),
)
_THROUGH = Way(
    {Service.Mode.ENTRUSTED: service_entrusted.ACTIVITY},
    "委托、转交送达",
    "开始交出",
    "请填写受托、转交的单位和原因。",
    "31.1",
    "交出的地点",
    (
        "直接送达有困难的，可以委托当地机关代为送达。",
        "受送达人是军人的，由所在部队团以上单位的政治机关转交；被监禁的，由所在监所转交；"
        "被采取强制性教育措施的，由所在强制性教育机构转交。",
        "以受送达人在送达回证上签收的日期为送达日期。",
    ),
)
_PUBLIC = Way(
    {Service.Mode.BY_ANNOUNCEMENT: announcing.ACTIVITY},
    "发布公告",
    "开始发布",
    "请登记公告的载体和凭据。",
    "33.1",
    "张贴或者发布的地点",
    (
        "登报的，留存报纸原件和收费凭证。",
        "在网站发布的，截屏、打印并记下网址；截屏可以由本系统页面截取。",
        "张贴的，在张贴的地点拍照或者录像。",
        "公告期从最早的一次发布起算。",
    ),
)
WAYS: Mapping[str, Way] = {
    "post": _POST,
    "remote": _REMOTE,
    "through": _THROUGH,
    "public": _PUBLIC,
}
# The page on which each activity of service goes on.
PAGES: Mapping[str, str] = {
    **dict.fromkeys(ACTIVITIES.values(), "service_door"),
    AT_THE_POST: "service_post",
    **dict.fromkeys(REMOTE.values(), "service_sending"),
    service_entrusted.ACTIVITY: "service_through",
    announcing.ACTIVITY: "service_publication",
}
