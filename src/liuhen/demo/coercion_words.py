"""The words of the demonstration's cases of coercion and levy. Persons, firms, places invented."""

from __future__ import annotations

from typing import Any

PARTY: dict[str, str] = {
    "kind": "organisation",
    "name": "虚构市示例渣土运输有限公司",
    "identity_kind": "credit_code",
    "identity_number": "91120101MA00000009",
    "representative": "邵样例",
    "address": "虚构市示例区演示街66号",
    "phone": "000-00000006",
}
PERSON = "邵样例"
PLACE = "虚构市示例区演示街南侧工地出口"

MEASURE: dict[str, Any] = {
    "measure": "seizure",
    "reason": "当事人未取得运输处置核准，使用车辆沿街倾倒渣土，有继续倾倒的现实危险。",
    "basis": "《虚构市市容环境卫生管理条例》第四十一条",
    "objects": "渣土运输用手推车两辆、铁锹四把",
    "keeping": "存放于一支队扣押物品库，由专人保管，不得使用、损毁",
    "days": 30,
    "is_spared": True,
}
ITEMS: list[dict[str, str]] = [
    {
        "number": "1",
        "name": "手推车",
        "kind": "运输工具",
        "specification": "双轮，容积约0.5立方米",
        "quantity": "2辆",
        "feature": "车斗有渣土残留",
    },
    {
        "number": "2",
        "name": "铁锹",
        "kind": "工具",
        "specification": "木柄，长1.2米",
        "quantity": "4把",
        "feature": "使用痕迹明显",
    },
]
SCENE: dict[str, str] = {
    "called": "已电话通知当事人的法定代表人，其本人到场。",
    "told": "当场告知扣押的理由、依据，以及陈述申辩、申请复议和提起诉讼的权利和期限。",
    "heard": "当事人称愿意补办核准手续，对扣押没有异议。",
    "content": "执法人员逐件清点、拍照、编号，装车运至扣押物品库，当场交付决定书和清单。",
    "confirmation": "以上笔录已经阅看，与所述相符。",
}
LIFTING = "当事人已经取得处置核准，违法行为已经改正，扣押的理由不再存在。"
CLEAR = "事实已经查清，上述财物用于实施违法行为。"
HANDLING_BASIS = "《虚构市市容环境卫生管理条例》第四十二条"

# An order to clear that was not obeyed, what the decision that another performs says of it.
SUBSTITUTE: dict[str, Any] = {
    "reason": "经催告仍不清除，堆放的物料占用盲道和非机动车道，危害交通安全。",
    "basis": "《中华人民共和国行政强制法》第五十条",
    "way": "组织人员和车辆清除堆放的物料，运至消纳场所，于上午九时至十一时实施。",
    "performer": "虚构市样例清运服务有限公司",
    "cost": 60_000,
}
ENFORCEMENT: dict[str, Any] = {
    "reason": "当事人在催告的期限内无正当理由仍不履行。",
    "basis": "《中华人民共和国行政强制法》第三十七条",
    "way": "组织人员和车辆清除堆放的物料，于上午九时至十一时实施。",
    "content": "执法人员到场后再次告知，当事人在场，清除堆放的物料并运至消纳场所。",
    "result": "堆放的物料已经全部清除，现场恢复整洁。",
}

STATEMENT: dict[str, str] = {
    "statement_text": "当事人对数额有异议，认为计征数量偏高，请求核减。",
    "statement_reasons": "上半年停业一个月，产生的垃圾减少。",
    "statement_exhibits": "停业通知一份",
}
OBJECTION: dict[str, Any] = {
    "review": "经核对称重记录，停业当月没有计征，计征数量无误。",
    "result": "upheld",
    "content": "维持原征收决定，请按期缴纳。",
}

LEVY: dict[str, Any] = {
    "item": "城市生活垃圾处理费",
    "facts": "当事人上半年产生生活垃圾十二吨，应当按量缴纳处理费。",
    "basis": "《虚构市城市生活垃圾处理费管理办法》第五条",
    "standard": "每吨150元",
    "quantity": "12吨",
    "amount_fen": 180_000,
}
