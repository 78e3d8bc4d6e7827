"""Canonical addresses, ids and fingerprints."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler import identity

WWW = "https://www.itbear.com.cn/html/2025-09/960596.html"
FINANCE = "https://finance.itbear.com.cn/html/2025-05/168590.html"


@pytest.mark.parametrize(
    ("given_url", "canonical", "reasons"),
    [
        (WWW, WWW, ()),
        ("http://www.itbear.com.cn/html/2025-09/960596.html", WWW, ("http",)),
        ("https://m.itbear.com.cn/html/2025-09/960596.html", WWW, ("mobile",)),
        ("https://itbear.com.cn/html/2025-09/960596.html", WWW, ("bare_host",)),
        (WWW + "?from=singlemessage", WWW, ("query",)),
        (WWW + "#comments", WWW, ("fragment",)),
        ("https://www.itbear.com.cn/html/2025-09/960596_3.html", WWW, ("part",)),
        ("https://www.itbear.com.cn/html/2025-09/00960596.html", WWW, ("zeros",)),
        ("http://m.finance.itbear.com.cn/html/2025-05/168590.html?a=1", FINANCE, ("http", "mobile", "query")),
        ("https://WWW.ITBear.com.cn:443/html/2025-09/960596.html", WWW, ("form",)),
        ("https://www.itbear.com.cn/n12345678.aspx", "https://www.itbear.com.cn/n12345678.aspx", ()),
        (
            "http://127.0.0.1:8080/html/2025-09/960596_2.html?x=1#a",
            "http://127.0.0.1:8080/html/2025-09/960596.html",
            ("fragment", "query", "part"),
        ),
    ],
)
def test_canonical_form_and_reasons(given_url: str, canonical: str, reasons: tuple[str, ...]) -> None:
    got = identity.address(given_url)
    assert (got.url, got.reasons) == (canonical, reasons)


def test_unknown_hosts_keep_their_identity() -> None:
    assert identity.canonical("http://news.example/show?id=7&utm_source=x") == "http://news.example/show?id=7"
    assert identity.canonical("http://news.example/show?b=2&a=1") == identity.canonical(
        "http://news.example/show?a=1&b=2"
    )
    assert identity.site_of("http://127.0.0.1:8080/a.html") == "127.0.0.1:8080"
    assert identity.site_of("https://m.finance.itbear.com.cn/") == "itbear"


@pytest.mark.parametrize("bad", ["", "javascript:void(0)", "mailto:a@b.cn", "/html/1.html", "http://"])
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="not an http"):
        identity.address(bad)


paths = st.one_of(
    st.builds(
        "/html/2025-{:02d}/{}{}.html".format,
        st.integers(1, 12),
        st.integers(0, 10**7),
        st.sampled_from(["", "_2", "_13"]),
    ),
    st.text(alphabet="abz/_-.%20中文019?=&;+", max_size=30).map(lambda t: "/" + t),
)
hosts = st.sampled_from(
    [
        "www.itbear.com.cn",
        "m.itbear.com.cn",
        "ITBEAR.com.cn",
        "m.finance.itbear.com.cn",
        "127.0.0.1:8099",
        "news.example",
    ]
)


@given(
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https"]),
        hosts,
        paths,
        st.sampled_from(["", "?from=1", "?id=3&from=a#x"]),
    )
)
def test_canonicalising_twice_changes_nothing(url: str) -> None:
    once = identity.canonical(url)
    assert identity.canonical(once) == once


def test_ids_rise_with_publication() -> None:
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    early = identity.article_id(WWW, "2025-09-30T23:57:37+08:00", seen)
    late = identity.article_id(FINANCE, "2025-09-30T23:57:38+08:00", seen)
    assert early < late < 2**53
    assert early >> identity.ID_SHIFT == 1759247857


@pytest.mark.parametrize("odd", [None, "nonsense", "2031-01-01", "1931-01-01"])
def test_what_has_no_believable_date_stands_at_first_seen(odd: str | None) -> None:
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    assert identity.article_id(WWW, odd, seen) >> identity.ID_SHIFT == int(seen.timestamp())


@given(
    st.text(
        alphabet=st.sampled_from("甲。，：；！？（）％～－／．＋…℃\u3000 \u200b\u0338\u3099ａ１か\n="),
        max_size=40,
    )
    | st.text()
)
def test_the_normal_form_is_nfkc_without_white_space(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text)
    assert identity.normal_form(text) == re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+", "", plain)


def test_fingerprint_ignores_white_space_and_width_but_not_words() -> None:
    body = "小米汽车公布了新的交付数据，" * 10
    assert identity.fingerprint("甲", body) == identity.fingerprint(
        "乙", body.replace("，", ", ").replace(" ", "\n\n")
    )
    assert identity.fingerprint("甲", body) != identity.fingerprint("甲", body + "完")


def test_a_short_body_alone_is_no_identity() -> None:
    assert identity.fingerprint("甲", "如图。") != identity.fingerprint("乙", "如图。")


@given(st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), hosts, paths))
def test_an_address_that_is_not_canonical_says_why(url: str) -> None:
    found = identity.address(url)
    assert (found.url == url) == (not found.reasons)
