"""Behind a proxy of ours people keep their own address; nobody else's word about it counts."""

from __future__ import annotations

import ipaddress

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from liuhen.kernel.refusals import Refused
from liuhen.settings import proxies
from liuhen.web.proxies import ClientAddress


@pytest.fixture(autouse=True)
def behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [ipaddress.ip_network("10.0.0.5"), ipaddress.ip_network("10.1.0.0/16")]
    monkeypatch.setattr(settings, "PROXIES", ours)


@pytest.mark.parametrize(
    ("caller", "said", "counts"),
    [
        ("10.0.0.5", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.5", "192.0.2.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.5", "192.0.2.9, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "192.0.2.7, nonsense", "10.0.0.5"),
        ("10.0.0.6", "192.0.2.7", "10.0.0.6"),
        ("192.0.2.1", "10.0.0.5", "192.0.2.1"),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(caller: str, said: str, counts: str) -> None:
    request = HttpRequest()
    request.META.update({"REMOTE_ADDR": caller, "HTTP_X_FORWARDED_FOR": said})
    answer = ClientAddress(lambda asked: HttpResponse(asked.META["REMOTE_ADDR"]))(request)
    assert answer.content.decode() == counts


def test_without_the_setting_nobody_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxies("") == []
    monkeypatch.setenv("LIUHEN_PROXIES", "proxy.example.cn")
    with pytest.raises(Refused, match=r"setting\.network"):
        proxies("proxy.example.cn")
