"""Bytes to text: the evidence decides, declarations help, nothing ever raises."""

from __future__ import annotations

import pytest

from newscrawler.extract.decode import decode

SIMPLIFIED = "海湾市数据中心二期工程昨日完成主体封顶，项目负责人表示，全部机柜将在年底前交付使用。" * 3
TRADITIONAL = (
    "海灣市資料中心二期工程昨日完成主體封頂，專案負責人表示，機櫃將在年底前交付，這是我們的時代。" * 3
)
META = '<html><meta http-equiv="Content-Type" content="text/html; charset={}"><body>{}</body></html>'


@pytest.mark.parametrize(
    ("codec", "header", "meta", "want"),
    [
        ("utf-8", None, None, "utf-8"),
        ("utf-8", "text/html; charset=gbk", "gb2312", "utf-8"),
        ("utf-8", "text/html; charset=iso-8859-1", "utf-8", "utf-8"),
        ("gbk", None, None, "gb18030"),
        ("gbk", "text/html; charset=utf-8", "utf-8", "gb18030"),
        ("gbk", "text/html; charset=ISO-8859-1", None, "gb18030"),
        ("gb18030", None, "gb2312", "gb18030"),
        ("utf-8-sig", None, "gbk", "utf-8"),
        ("utf-16", None, None, "utf-16-le"),
    ],
)
def test_the_bytes_decide(codec: str, header: str | None, meta: str | None, want: str) -> None:
    html = META.format(meta, SIMPLIFIED) if meta else SIMPLIFIED
    found = decode(html.encode(codec), header)
    assert found.encoding == want
    assert SIMPLIFIED in found.text
    assert found.why


@pytest.mark.parametrize("meta", ["big5", "gb2312", None])
def test_big5_when_it_is_big5(meta: str | None) -> None:
    html = META.format(meta, TRADITIONAL) if meta else TRADITIONAL
    found = decode(html.encode("big5"))
    assert (found.encoding, TRADITIONAL in found.text) == ("big5", True)


def test_an_overruled_declaration_is_told() -> None:
    found = decode(META.format("gbk", SIMPLIFIED).encode(), "text/html; charset=gb2312")
    assert "overruled" in found.why


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "big5", "utf-16"])
def test_half_a_character_at_the_cut_never_raises(codec: str) -> None:
    text = TRADITIONAL if codec == "big5" else SIMPLIFIED
    data = text.encode(codec)
    for end in range(len(data) - 9, len(data)):
        assert text[:80] in decode(data[:end]).text


def test_nul_and_control_characters_are_out() -> None:
    found = decode(f"甲\x00乙\x08丙\x1b丁{SIMPLIFIED}".encode())
    assert found.text.startswith("甲乙丙丁")
    assert decode(f"甲\x00乙{SIMPLIFIED}".encode("gbk")).text.startswith("甲乙")


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xfe", b"\x81", b"\0\0\0\0", b"plain ascii", bytes(range(256)) * 4]
)
def test_anything_is_decoded(data: bytes) -> None:
    assert isinstance(decode(data, "text/html; charset=nonsense").text, str)


def test_a_few_bad_bytes_do_not_change_the_codec() -> None:
    data = bytearray(SIMPLIFIED.encode("utf-8") * 4)
    data[100] = 0xFF
    assert decode(bytes(data), "text/html; charset=utf-8").encoding == "utf-8"
