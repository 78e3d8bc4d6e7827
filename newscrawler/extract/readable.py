"""An article as a person reads it in a terminal: ``newscrawler try``."""

from __future__ import annotations

from newscrawler.items import Article

SUMMARY_WIDTH = 60


def readable(article: Article) -> str:
    """The parts of ``article`` as plain text, the related block apart; first why it is none, if so."""
    lines: list[str] = []
    if article.reason is not None:
        lines += [f"NOT AN ARTICLE: {article.reason}", ""]
    fields = {
        "title": article.title,
        "published": _with_precision(article),
        "source": article.source,
        "editor": article.editor,
        "author": article.author,
        "category": article.category,
        "dateline": article.dateline,
        "encoding": article.encoding,
        "address": article.url,
    }
    lines += [f"{name:<10} {value or '-'}" for name, value in fields.items()]
    lines += ["", article.body or "(no body)", ""]
    for image in article.images:
        lines.append(f"picture    {image.url}" + (f"  {image.caption}" if image.caption else ""))
    if article.related:
        lines += ["", f"-- {article.related_heading or 'related'} ({len(article.related)}) --"]
    for item in article.related:
        lines.append(f"{item.position:>2}. {item.title}  {item.date or ''}".rstrip())
        lines.append(f"    {item.url}")
        if item.summary:
            cut = "…" if len(item.summary) > SUMMARY_WIDTH else ""
            lines.append(f"    {item.summary[:SUMMARY_WIDTH]}{cut}")
    return "\n".join(lines)


def _with_precision(article: Article) -> str | None:
    if article.published_at is None:
        return None
    return f"{article.published_at}  (to the {article.published_precision or 'day'})"
