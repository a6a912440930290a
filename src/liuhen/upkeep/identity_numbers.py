"""The sign of sealed identity numbers: whether they open, and whether keys or a row are to blame.

Not for each single number: that is a check of its own (`ledger.verifying_unbound`).
"""

from __future__ import annotations

from liuhen.cases.models import Party
from liuhen.host.signs import GREEN, RED, Sign
from liuhen.kernel.refusals import Refused, explain

_KEYS_AWAY = "密钥不是这个数据库的：从同一份备份恢复 identity-keys.json 和封装密钥。"
_ROW_ALTERED = (
    "密钥没有问题，是这一行绕过系统被改动：运行 liuhen verify 逐条核对，"
    "再按“核验发现差异时”处理（docs/operate.md）。"
)


def identity_numbers_sign() -> Sign:
    """Whether the oldest and newest numbers open; where not, whether keys or rows are wrong."""
    name, title = "identity_numbers", "证件号码加密"
    known = Party.objects.exclude(sealed_number="")
    looked_at = [
        one for one in (known.order_by("id").first(), known.order_by("-id").first()) if one
    ]
    if not looked_at:
        return Sign(name, title, GREEN, "还没有登记证件号码")
    try:
        faults = [(one, one.unbound_fault()) for one in looked_at]
    except Refused as refused:
        return Sign(name, title, RED, explain(refused).message, explain(refused).remedy)
    for one, fault in faults:
        if fault is not None:
            is_key = fault[0] == "number.key_missing"
            words = f"最早或者最近登记的证件号码打不开（cases_party/{one.id}）：{fault[1]}"
            return Sign(name, title, RED, words, _KEYS_AWAY if is_key else _ROW_ALTERED)
    return Sign(name, title, GREEN, "最早和最近登记的都可以打开，其余由巡检逐条核对")
