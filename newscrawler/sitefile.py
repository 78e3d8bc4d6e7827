"""The sites whose addresses are described: one TOML file each, read once when this module is imported."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

SITES_FOLDER = Path(__file__).resolve().parent / "sites"
"""One TOML file a site: its hosts and the shapes of its article addresses. docs/adding-a-site.md"""


@dataclass(frozen=True)
class Site:
    """A known site: its id, and every host it answers on with the host of the canonical address."""

    id: str
    hosts: Mapping[str, str]
    articles: tuple[re.Pattern[str], ...] = ()
    """What the path of an article looks like, with its query where that is its identity (then the groups
    q0, q1… are the values of ``parameters``). None: ITBEAR's shapes (ARTICLE_PATH)."""
    parameters: tuple[tuple[str, ...], ...] = ()
    """For each of ``articles`` the names of the query's parameters, in order."""


class SiteError(ValueError):
    """A site's file that cannot be used; the message names it and what was expected."""


_PLACES = {
    "id": r"\d+",
    "year": r"\d{4}",
    "month": r"\d{4}[-/]?\d{2}",
    "date": r"\d{4}[-/]?\d{2}[-/]?\d{2}",
    "name": r"[^/?&\n]+",
}
"""What may stand in braces in a shape, and what it matches."""


def read_site(file: Path) -> Site:
    """The site that ``file`` describes; its id is the file's stem. Raises SiteError."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        unknown = data.keys() - {"hosts", "articles"}
        if unknown:
            raise SiteError(f"{file}: unknown {sorted(unknown)}; expected hosts and articles")
        hosts = {host: host for host in data["hosts"]}
        hosts |= {alias: host for host, aliases in data["hosts"].items() for alias in aliases}
        shapes = [_compiled(shape) for shape in data.get("articles", [])]
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise SiteError(f"{file}: {error!r}; expected a table [hosts] with a list of aliases each") from error
    except ValueError as error:
        raise SiteError(f"{file}: {error}") from error
    return Site(file.stem, hosts, tuple(p for p, _ in shapes), tuple(names for _, names in shapes))


def _compiled(shape: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """``/a/{date}/{id}.shtml`` or ``/show.php?id={id}`` as a pattern of the path and the parameters' names.

    A later part (``123_2.shtml``) matches the shape of its article: the group ``part`` has its number.
    """
    path, _, query = shape.partition("?")
    if not path.startswith("/"):
        raise ValueError(f"article shape {shape!r}: expected a path that begins with /")
    stem, dot, end = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "")
    pattern = f"(?P<stem>{_named(_filled(stem))})"
    if dot:
        pattern += rf"(?:_(?P<part>[1-9]\d?))?(?P<end>\.{_filled(end)})"
    pairs = parse_qsl(query, keep_blank_values=True)
    for number, (_, value) in enumerate(pairs):
        pattern += rf"\n(?P<q{number}>{_filled(value)})"
    return re.compile(pattern, re.ASCII), tuple(name for name, _ in pairs)


def _named(pattern: str) -> str:
    """``pattern`` with its first id and its first month or day as groups, for numbered()."""
    pattern = pattern.replace(_PLACES["id"], rf"(?P<id>{_PLACES['id']})", 1)
    place = _PLACES["date"] if _PLACES["date"] in pattern else _PLACES["month"]
    return pattern.replace(place, f"(?P<folder>{place})", 1)


def _filled(shape: str) -> str:
    """A piece of a shape as a regular expression."""
    pieces = re.split(r"\{(\w+)\}", shape)
    for place in pieces[1::2]:
        if place not in _PLACES:
            raise ValueError(f"{{{place}}} is unknown; expected one of {', '.join(_PLACES)}")
    return "".join(_PLACES[p] if i % 2 else re.escape(p) for i, p in enumerate(pieces))


def _read_sites(folder: Path) -> tuple[tuple[Site, ...], dict[str, str]]:
    """The sites of ``folder``, and by name what is wrong with the files that cannot be used."""
    sites: list[Site] = []
    broken: dict[str, str] = {}
    taken: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            site = read_site(file)
            for host in site.hosts.keys() & taken.keys():
                raise SiteError(f"{file}: {host} belongs to {taken[host]} already")
        except SiteError as error:
            broken[file.stem] = str(error)
            continue
        sites.append(site)
        taken |= dict.fromkeys(site.hosts, site.id)
    return tuple(sites), broken


SITES, BROKEN_SITES = _read_sites(SITES_FOLDER)
"""The known sites; what is wrong with the files of others, which must not be crawled: their articles would
be archived under addresses that are none of theirs."""
