"""The page of deliveries to the city's platform: who sees it, a wrong form, the files as kept."""

from __future__ import annotations

import io
import json
import zipfile

from liuhen.oversight.models import PlatformDelivery
from tests.web.conftest import Street

FORM = {"since": "2026-03-01", "until": "2026-03-31", "recipient": "市行政执法监督平台"}


def test_a_supervisor_makes_a_delivery_and_fetches_its_files(street: Street) -> None:
    browser = street.browser("supervisor")
    assert browser.get("/platform/").status_code == 200
    made = browser.post("/platform/new/", FORM)
    assert (made.status_code, made["Location"]) == (302, "/platform/")
    row = PlatformDelivery.objects.get()
    page = browser.get("/platform/").content.decode()
    assert "市行政执法监督平台" in page and f"{row.cases} 件" in page
    document = browser.get(f"/platform/{row.id}/json/")
    assert len(json.loads(document.content)["cases"]) == row.cases > 1
    tables = zipfile.ZipFile(io.BytesIO(browser.get(f"/platform/{row.id}/zip/").content))
    assert tables.namelist() == ["cases.csv", "papers.csv", "results.csv"]
    assert browser.get(f"/platform/{row.id}/exe/").status_code == 404


def test_a_wrong_form_keeps_what_was_typed_and_others_see_no_page(street: Street) -> None:
    browser = street.browser("supervisor")
    back = browser.post("/platform/new/", {**FORM, "until": "2026-02-01"})
    assert back.status_code == 409 and "止日不能早于起日" in back.content.decode()
    assert "市行政执法监督平台" in back.content.decode()
    assert browser.post("/platform/new/", {**FORM, "since": ""}).status_code == 400
    assert street.browser("handler").get("/platform/").status_code == 403
    assert not PlatformDelivery.objects.exists()
