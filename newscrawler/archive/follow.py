"""Which related items are worth following: articles of the same site, not older than asked for. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newscrawler import identity
from newscrawler.archive.ledger import Discovery
from newscrawler.items import DEFAULT_ZONE, Article


def promoted(
    article: Article, is_article: Callable[[str], bool], *, now: datetime, days: int
) -> list[Discovery]:
    """The related items under ``article`` (its ``url`` canonical) that may go to the ledger, in their order.

    ``is_article``: whether an address has the shape of one of the site's articles. An item counts by its
    own date (``days`` before ``now`` at the most); without one it is as young as the article it stands under.
    """
    zone = ZoneInfo(article.page.zone if article.page is not None else DEFAULT_ZONE)
    oldest = (now.astimezone(zone) - timedelta(days=days)).date().isoformat()
    page_day = (article.published_at or oldest)[:10]
    return [
        Discovery(
            *(identity.canonical(item.url), "related", article.url),
            *(item.title, item.summary, item.date, item.url),
        )
        for item in article.related
        if (item.date or page_day) >= oldest and is_article(item.url)
    ]
