"""The marks, shapes and parts of pages say what they should, safely and in words."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.web.templatetags import assets, wording
from liuhen.web.templatetags.marks import clause_label, deadline_tone
from tests.web import case_samples, component_samples
from tests.web.component_samples import NOW, later

VECTORS: dict[str, list[tuple[float, str]]] = json.loads(
    Path(__file__).with_name("span_vectors.json").read_text("utf-8")
)


def drawn(source: str, **context: Any) -> str:
    """A template made of `source` with our tags, drawn at the samples' present."""
    template = engines["django"].from_string("{% load liuhen %}" + source)
    with clock.frozen(NOW):
        return str(template.render(context))


def text_of(html: str) -> str:
    """The words of a piece of markup, one space between them."""
    words: list[str] = []
    for piece in html.split("<"):
        words.append(piece.split(">", 1)[-1])
    return " ".join(" ".join(words).split())


class TestWords:
    @pytest.mark.parametrize(("seconds", "words"), VECTORS["deadlines"])
    def test_a_deadline_is_told_as_scripts_tell_it(self, seconds: float, words: str) -> None:
        assert wording.deadline_words(NOW + dt.timedelta(seconds=seconds), NOW) == words

    @pytest.mark.parametrize(("milliseconds", "words"), VECTORS["exact"])
    def test_a_gap_is_told_to_the_millisecond(self, milliseconds: float, words: str) -> None:
        assert wording.span_exact(dt.timedelta(milliseconds=milliseconds)) == words

    @pytest.mark.parametrize(("size", "words"), VECTORS["sizes"])
    def test_a_size_is_told_in_the_unit_that_reads_best(self, size: int, words: str) -> None:
        assert wording.size(size) == words

    def test_instants_are_of_the_authoritys_wall_clock(self) -> None:
        late = dt.datetime(2026, 3, 4, 16, 0, 5, tzinfo=dt.UTC)
        assert wording.instant(late) == "2026-03-05 00:00"
        assert wording.instant_exact(late) == "2026-03-05 00:00:05"
        assert wording.day(late) == "2026年3月5日"
        assert wording.day(late.date()) == "2026年3月4日"

    def test_a_day_that_ends_at_midnight_ends_at_24_00(self) -> None:
        midnight = dt.datetime(2026, 3, 5, 0, 0, tzinfo=clock.CHINA)
        assert wording.due_instant(midnight) == "2026年3月4日 24:00"
        assert wording.due_instant(midnight - dt.timedelta(seconds=1)) == "2026年3月4日 24:00"
        assert wording.due_instant(midnight + dt.timedelta(minutes=1)) == "2026年3月5日 00:01"

    def test_what_is_not_known_is_a_dash(self) -> None:
        for say in (wording.instant, wording.day, wording.span, wording.size, wording.yuan):
            assert say(None) == "—"


class TestClauses:
    @pytest.mark.parametrize(
        ("value", "label"),
        [
            (27, "办法第27条"),
            ("27", "办法第27条"),
            ("27.1", "办法第27条"),
            ("41.2", "办法第41条第2款"),
            ("8.1(2)", "办法第8条第2项"),
            ("penalty_law:57.2", "处罚法第57条第2款"),
            ("办法第12条；行政处罚法第42条", "办法第12条；行政处罚法第42条"),
        ],
    )
    def test_a_clause_id_reads_as_a_citation(self, value: object, label: str) -> None:
        assert clause_label(value) == label

    def test_a_badge_links_when_there_is_a_page(self) -> None:
        assert 'href="/x"' in drawn("{% article 8 item=2 href='/x' %}")
        assert drawn("{% article '' %}") == ""


class TestDeadlines:
    def test_it_turns_yellow_at_the_warning_and_red_only_after_the_last_lawful_instant(
        self,
    ) -> None:
        due, warn = later(hours=4), later(hours=2)
        instants = (
            (warn - dt.timedelta(microseconds=1), "green"),
            (warn, "yellow"),
            (due, "yellow"),
            (due + dt.timedelta(microseconds=1), "red"),
        )
        for instant, tone in instants:
            assert deadline_tone(due, warn, instant) == tone

    def test_it_carries_what_the_open_page_needs_to_keep_it_fresh(self) -> None:
        html = drawn("{% deadline due warn %}", due=later(hours=-2), warn=later(hours=-3))
        assert 'datetime="2026-03-05T05:20:00.000000Z"' in html
        assert 'data-warn="2026-03-05T04:20:00.000000Z"' in html
        assert "is-red" in html and "已逾期 2 小时" in html

    def test_no_deadline_is_told_too(self) -> None:
        assert text_of(drawn("{% deadline None %}")) == "无期限"


class TestLamps:
    @pytest.mark.parametrize(
        ("outcome", "words"),
        [
            ("met", "已履行"),
            ("breached", "违反"),
            ("pending", "待履行"),
            ("not_applicable", "不适用"),
            ("unknown", "缺少事实"),
            ("judgement", "待认定"),
        ],
    )
    def test_each_outcome_has_words_and_a_sign_of_its_own(self, outcome: str, words: str) -> None:
        html = drawn("{% lamp state %}", state=outcome)
        assert text_of(html) == words
        assert "<use href=" in html

    def test_no_two_lamps_share_a_sign(self) -> None:
        signs = [
            drawn("{% lamp s %}", s=s).split("#")[1].split('"')[0]
            for s in ("green", "yellow", "red", "blue", "grey", "unknown", "open")
        ]
        assert len(set(signs)) == len(signs)


class TestCoverage:
    def test_gaps_are_told_in_words_and_stand_where_they_were(self) -> None:
        scene = case_samples.activity()
        html = drawn("{% coverage_bar a a.recordings a.gaps %}", a=scene)
        assert "缺 2 处，共 3分45秒" in html
        assert "尚未说明原因" in html and "记录仪电池脱落" in html
        assert html.count('class="lh-track-gap"') == 2
        # 6 min 15 s of 23 min 25 s before the first gap, which lasts 3 min 20 s.
        assert 'class="lh-track-gap" x="26.690%" width="14.235%"' in html

    def test_a_track_is_drawn_only_where_it_is(self) -> None:
        html = drawn("{% coverage_bar a a.recordings a.gaps %}", a=case_samples.activity())
        assert html.count('class="lh-track-video"') == 2
        assert html.count('class="lh-track-audio"') == 1

    def test_an_activity_without_span_says_so(self) -> None:
        activity = {"started_at": NOW, "ended_at": None}
        assert "尚无起止时间" in drawn("{% coverage_bar a none none %}", a=activity, none=[])

    def test_a_recording_longer_than_its_activity_is_cut_to_it(self) -> None:
        activity = {"started_at": later(hours=-1), "ended_at": NOW}
        long = {
            "started_at": later(hours=-2),
            "ended_at": later(hours=1),
            "has_video": True,
            "has_audio": False,
        }
        html = drawn("{% coverage_bar a r none %}", a=activity, r=[long], none=[])
        assert 'class="lh-track-video" x="0.000%" width="100.000%"' in html
        assert "无缺口" in html


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="与证件一致")
    kind = forms.ChoiceField(
        label="类别", choices=[("a", "公民"), ("b", "组织")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="备注", required=False)


class TestFields:
    def test_help_and_errors_are_joined_to_the_control(self) -> None:
        form = Sample({"kind": "a"})
        form.is_valid()
        html = drawn("{% field form.name %}", form=form)
        assert 'aria-describedby="id_name_help id_name_error"' in html
        assert 'id="id_name_help"' in html and 'id="id_name_error"' in html
        assert 'aria-invalid="true"' in html

    def test_the_required_mark_is_told_in_words(self) -> None:
        assert "（必填）" in drawn("{% field form.name %}", form=Sample())
        assert "（必填）" not in drawn("{% field form.note %}", form=Sample())

    def test_choices_are_a_group_with_a_legend(self) -> None:
        html = drawn("{% field form.kind cards=True %}", form=Sample({"kind": "b"}))
        assert "<fieldset" in html and "<legend" in html
        assert html.count('type="radio"') == 2
        assert 'value="b" id="id_kind_1" checked' in html

    def test_the_summary_leads_to_each_wrong_field(self) -> None:
        form = Sample({})
        form.is_valid()
        html = drawn("{% form_errors form %}", form=form)
        assert "有 2 项需要改正" in html
        assert 'href="#id_name"' in html
        assert drawn("{% form_errors f %}", f=Sample()).strip() == ""


class TestSafety:
    HOSTILE = '<img src=x onerror="alert(1)">'

    def test_what_people_typed_is_never_markup(self) -> None:
        html = drawn(
            "{% lamp 'red' t %}{% pill t %}{% article t %}"
            "{% person t role=t number=t %}{% digest t %}",
            t=self.HOSTILE,
        )
        assert "<img" not in html

    def test_data_of_an_island_can_not_end_its_script(self) -> None:
        html = drawn("{% island 'timeline' d %}", d={"label": "</script><b>", "at": NOW})
        assert html.count("</script>") == 1
        data = html.split('type="application/json">')[1].split("</script>")[0]
        assert json.loads(data)["label"] == "</script><b>"

    @pytest.mark.parametrize("page", ["desk.html", "case.html"])
    def test_pages_carry_no_inline_style_or_handler(self, page: str) -> None:
        html = page_of(page)
        assert " style=" not in html
        assert " onclick=" not in html and "javascript:" not in html
        assert html.count("<script") == html.count('type="module"') + html.count(
            'type="application/json"'
        )


def page_of(name: str) -> str:
    """A whole page from the samples."""
    context = component_samples.desk() if name == "desk.html" else case_samples.case()
    with clock.frozen(NOW):
        return str(
            engines["django"]
            .get_template(name)
            .render({"shell": component_samples.shell(), **context})
        )


class TestPages:
    @pytest.mark.parametrize(
        "name", ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"]
    )
    def test_an_error_page_needs_nothing_and_says_what_to_do(self, name: str) -> None:
        html = str(engines["django"].get_template(f"{name}.html").render())
        assert "怎么办" in html
        assert name[:3] in html

    def test_a_refusal_names_article_missing_and_remedy(self) -> None:
        refusal = {
            "code": "case.incomplete",
            "message": "案件还不能结案。",
            "remedy": "补齐后再提请结案。",
            "article": "37.1",
            "missing": ["送达回证", {"label": "缴款凭证", "href": "/x"}],
        }
        words = text_of(drawn("{% include 'parts/refusal.html' %}", refusal=refusal))
        for part in (
            "还不能结案",
            "办法第37条",
            "送达回证",
            "缴款凭证",
            "补齐后",
            "case.incomplete",
        ):
            assert part in words

    def test_duties_needing_a_hand_stand_open_and_settled_ones_are_folded(self) -> None:
        html = drawn("{% include 'parts/duties.html' %}", duties=case_samples.duties())
        open_part, folded = html.split('<details class="lh-more">')
        assert "全过程应有音像记录" in open_part
        assert "出示有效证件" in folded and "出示有效证件" not in open_part

    def test_a_query_keeps_what_it_does_not_change(self) -> None:
        request = RequestFactory().get("/", {"lamp": "red", "page": "4"})
        template = engines["django"].from_string("{% load liuhen %}{% query page='' q='刘' %}")
        assert template.render({}, request) == "?lamp=red&amp;q=%E5%88%98"

    def test_assets_that_are_not_built_are_a_fault_that_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(assets, "BUILT", tmp_path)
        with pytest.raises(Fault, match="npm run build"):
            assets.manifest()


WEB = assets.BUILT.parents[1]
FRONTEND = WEB.parents[2] / "frontend"


def icons_used() -> set[str]:
    """Every icon a template, a view or a script names."""
    patterns = (
        (WEB, "*.html", r"{% icon '([a-z0-9-]+)'"),
        (WEB, "*.html", r'with icon="([a-z0-9-]+)"'),
        (WEB, "*.py", r'"icon": "([a-z0-9-]+)"'),
        (FRONTEND, "*.ts", r'\bicon\("([a-z0-9-]+)"'),
        (FRONTEND, "*.ts", r'\bbutton\("[^"]+", "([a-z0-9-]+)"'),
    )
    return {
        name
        for folder, glob, pattern in patterns
        for path in folder.rglob(glob)
        for name in re.findall(pattern, path.read_text("utf-8"))
    }


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (assets.BUILT / assets.manifest()["icons.svg"]["file"]).read_text("utf-8")
    assert len(icons_used()) > 30
    assert icons_used() - set(re.findall(r'id="([a-z0-9-]+)"', sprite)) == set()


STYLES = Path(__file__).resolve().parents[2] / "frontend" / "styles"
# what is said again on paper, and for whoever wants more contrast or less motion
_AMENDING = {"print.css", "tokens.css"}


def test_the_look_of_a_class_stands_in_one_stylesheet() -> None:
    places: dict[str, set[str]] = {}
    for sheet in sorted(STYLES.glob("*.css")):
        text = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*[^{}]*\}", "", sheet.read_text("utf-8"))
        for rule in re.findall(r"(?:^|\})\s*([^{}@]+)\{", text, re.MULTILINE):
            for name in re.findall(r"(?:^|,)\s*\.(lh-[\w-]+)\s*(?=,|$)", rule.strip()):
                places.setdefault(name, set()).add(sheet.name)
    doubled = {name: at - _AMENDING for name, at in places.items() if len(at - _AMENDING) > 1}
    assert doubled == {}
    assert len(places) > 50
