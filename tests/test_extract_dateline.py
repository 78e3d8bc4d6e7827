"""The small print in its spellings."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newscrawler.extract import moment
from newscrawler.extract.dateline import GAP, read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2025-09-30 23:57:37", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30 23:57", "2025-09-30T23:57:00+08:00"),
        ("2025/9/30 3:07", "2025-09-30T03:07:00+08:00"),
        ("2025.09.30 23:57", "2025-09-30T23:57:00+08:00"),
        ("2025年9月30日 23:57", "2025-09-30T23:57:00+08:00"),
        ("2025年09月30日23时57分", "2025-09-30T23:57:00+08:00"),
        ("2025年9月30日 星期二 下午3:07", "2025-09-30T15:07:00+08:00"),
        ("2025-09-30T15:57:37Z", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30T15:57:37.123+0000", "2025-09-30T23:57:37+08:00"),
        ("2025 09/30 23:57:37", "2025-09-30T23:57:37+08:00"),
        ("2025-09-30", "2025-09-30"),
        ("September 30, 2025", "2025-09-30"),
        ("Sep 30, 2025 23:57", "2025-09-30T23:57:00+08:00"),
        ("30 Sep 2025 at 11:57 pm", "2025-09-30T23:57:00+08:00"),
        ("刚刚 来源：海湾网", "2025-10-01T12:00:00+08:00"),
        ("30/09/2025 - 13:48", "2025-09-30T13:48:00+08:00"),
        ("09-30 23:57", "2025-09-30T23:57:00+08:00"),
        ("12-30 23:57", "2024-12-30T23:57:00+08:00"),
        ("3小时前", "2025-10-01"),
        ("20分钟前", "2025-10-01T11:40:00+08:00"),
        ("昨天 23:57", "2025-09-30T23:57:00+08:00"),
        ("前天", "2025-09-29"),
        ("2012年12月10日, 格林尼治标准时间10:41", "2012-12-10T18:41:00+08:00"),
        ("2025年9月30日，格林威治標準時間 下午3:07", "2025-09-30T23:07:00+08:00"),
        ("2025-09-30 15:57 GMT", "2025-09-30T23:57:00+08:00"),
        ("2025-09-30 15:57 (UTC+3)", "2025-09-30T20:57:00+08:00"),
        ("2025-09-30 15:57 UTC-05:30", "2025-10-01T05:27:00+08:00"),
        ("2025-09-30 23:57（北京时间）", "2025-09-30T23:57:00+08:00"),
        ("2025-09-30 香港時間 12:41", "2025-09-30T12:41:00+08:00"),
        ("2025/09/30 东京时间 09:40", "2025-09-30T08:40:00+08:00"),
        ("2025年9月30日 10:11 美东时间", "2025-09-30T22:11:00+08:00"),
        ("2025.01.30 10:11 ET", "2025-01-30T23:11:00+08:00"),
        ("2025.11.02 01:30 ET", "2025-11-02"),
        ("2025-09-30 10:11 EST", "2025-09-30"),
        ("2025-09-30 10:11 UTC+99", "2025-09-30"),
        ("中華民國114年9月30日　上午 08:30", "2025-09-30T08:30:00+08:00"),
        ("民國 99 年 12 月 1 日", "2010-12-01"),
        ("114/09/30", "2025-09-30"),
        ("114年9月30日 23:57", "2025-09-30T23:57:00+08:00"),
        ("2天前", "2025-09-29"),
    ],
)
def test_times(text: str, want: str) -> None:
    found = moment.find(moment.fold(text), ZONE, NOW, loose=True)
    assert found is not None
    assert found.iso == want


@pytest.mark.parametrize(
    "text",
    [
        "2025-13-40",
        "1.2.3",
        "06/02/2022 - 13:48",
        "/2025-09/960596.html",
        "电话 010-88886666",
        "版本 2025",
        "100-200",
    ],
)
def test_no_times(text: str) -> None:
    assert moment.find(text, ZONE, NOW) is None


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("时间：2025-09-30 23:57:37 来源：互联网 编辑：快讯", ("互联网", "快讯", None)),
        ("时间:2025-09-30 23:57:37来源:互联网编辑:快讯", ("互联网", "快讯", None)),
        ("发布时间：2025-09-30 来源：海湾网 作者：李青 责任编辑：周明 点击：102", ("海湾网", "周明", "李青")),
        ("2025-09-30 23:57　稿源：海湾日报　责编：周明", ("海湾日报", "周明", None)),
        ("来源： 海湾网 | 作者：李青 王岚 | 2025-09-30", ("海湾网", None, "李青 王岚")),
        ("2025年09月30日 来源：中国 我要评论", ("中国", None, None)),
        ("转自：海湾晚报 2025-09-30 字号：大 中 小", ("海湾晚报", None, None)),
        ("来源:IT Home Daily 2025-09-30", ("IT Home Daily", None, None)),
        ("（责任编辑：周明）", (None, "周明", None)),
        ("【编辑：周明】", (None, "周明", None)),
        ("文/李青", (None, None, "李青")),
        ("采写：海湾记者 李青", (None, None, "李青")),
        ("Source: Harbour Daily (2025-09-30)", ("Harbour Daily", None, None)),
        (f"来源{GAP}海湾网", ("海湾网", None, None)),
        ("来源：", (None, None, None)),
        ("作者：李青 评论(4) 字体：大 小", (None, None, "李青")),
        (f"作者：李青{GAP}评论({GAP}4{GAP})", (None, None, "李青")),
        ("来源：海湾网 | 作者：李文 | 点击：23次", ("海湾网", None, "李文")),
        ("来源：海湾网作者：李文编辑：周明", ("海湾网", "周明", "李文")),
        ("文｜李青 来源｜海湾网 编辑｜周明", ("海湾网", "周明", "李青")),
        ("来源： Harbour 周刊 编辑： 周明", ("Harbour 周刊", "周明", None)),
        ("来源：Reuters 李青", ("Reuters", None, None)),
        ("来源： 编辑： 点击：30", (None, None, None)),
        ("编辑：admin", (None, "admin", None)),
        ("来源：IT 之家 作者：李青", ("IT 之家", None, "李青")),
        ("来源：海湾网（记者李青） 2025-09-30", ("海湾网", None, "李青")),
        ("编辑：周 明 2025-09-30", (None, "周明", None)),
        ("[责任编辑 周明]", (None, "周明", None)),
        ("记者 李青 通讯员 王岚", (None, None, "李青")),
        ("记者：李青、王岚 通讯员：周明", (None, None, "李青、王岚")),
        ("来源：海关总署的数据显示，出口又涨了", (None, None, None)),
        (f"来源：TechWeb{GAP}1小时前{GAP}编辑 周明{GAP}42人看过", ("TechWeb", "周明", None)),
        ("来源：TechWeb 1小时前", ("TechWeb", None, None)),
        (f"作者：林小满{GAP}昨天 09:30{GAP}编辑 周明", (None, "周明", "林小满")),
        ("作者：李青 前天 14:52", (None, None, "李青")),
        ("来源：昨天新闻网", ("昨天新闻网", None, None)),
        ("作者：李青 编辑 出版了三本书", (None, None, "李青")),
    ],
)
def test_labels(line: str, want: tuple[str | None, str | None, str | None]) -> None:
    values = read(line, ZONE, NOW).values
    assert (values.get("source"), values.get("editor"), values.get("author")) == want


def test_an_update_is_no_publication() -> None:
    assert read("更新时间：2025-09-30 23:57", ZONE, NOW).modified
    both = read("更新时间：2025-09-30 23:57 发布时间：2025-09-29 10:00", ZONE, NOW)
    assert both.moment is not None
    assert (both.moment.day, both.modified) == ("2025-09-29", False)


@pytest.mark.parametrize(
    "line",
    [
        "最后更新 2025-10-01 08:00 · 发布 2025-09-29 10:00",
        "更新于 2025-10-01 08:00 | 2025-09-29 10:00",
        "发布 2025-09-29 10:00，修改于 2025-10-01 08:00",
    ],
)
def test_beside_an_update_the_other_time_is_the_publication(line: str) -> None:
    found = read(line, ZONE, NOW).moment
    assert found is not None
    assert found.iso == "2025-09-29T10:00:00+08:00"


@pytest.mark.parametrize("label", ["栏目：", "频道:", "所属分类："])
def test_a_channel_is_read_and_makes_no_dateline(label: str) -> None:
    line = read(f"{label}液冷 标签：机柜", ZONE, NOW)
    assert (line.channel, line.values, line.labels) == ("液冷", {}, 0)
