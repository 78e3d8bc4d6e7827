"""What the site pushed on a day, under which titles, and what no listing showed: SQL of ready queries.

All of it starts from the blocks of some days, or from their articles, by an index, and counts a bounded
number of them.
"""

from __future__ import annotations

_UTC = "strftime('%Y-%m-%dT%H:%M:%S+00:00', {day}, {shift})"
"""A day of the sites' time (all of them in China) as the archive writes its own times."""

BLOCKS, FEWER = 20_000, 5_000
"""How many blocks are looked at, of those first seen last; fewer where each of their items is compared."""

ITEMS = 3_000
"""How many items are looked up in the ledger, the most promoted first."""


def _blocks(limit: int) -> str:
    """The blocks that were first seen in the month up to the end of a day (empty: of the newest block)."""
    return f"""chosen(day) as (select case when :day <> '' then :day
  else (select date(max(seen_at), '+8 hours') from blocks) end),
span(begin, end) as (select {_UTC.format(day="day", shift="'-8 hours'")},
  {_UTC.format(day="day", shift="'+16 hours'")} from chosen),
recent as (select id, article_id, seen_at, last_seen_at from blocks where seen_at < (select end from span)
  and seen_at >= {_UTC.format(day="(select day from chosen)", shift="'-31 days'")}
  order by seen_at desc limit {limit})"""


ON_A_DAY = f"""
with {_blocks(BLOCKS)},
stood as (select * from recent where last_seen_at >= (select begin from span)),
most as (select i.link_id, count(*) as times from stood join block_items i on i.block_id = stood.id
  group by i.link_id order by times desc limit 300)
select max(l.article_id) as article_id, l.title, l.url, count(distinct s.article_id) as promoters,
  min(i.position) as best_position, min(s.seen_at) as first_promoted_at,
  max(s.last_seen_at) as last_promoted_at
from most cross join links l on l.id = most.link_id
cross join block_items i on i.link_id = l.id and i.block_id >= (select min(id) from stood)
cross join stood s on s.id = i.block_id
group by l.url order by promoters desc, l.url limit 100"""
"""Time travel: a block stood on the day when it was seen before its end, and still on it or later."""

OTHER_TITLES = f"""
with {_blocks(FEWER)},
shown as (select i.link_id, count(distinct recent.article_id) as promoters,
  max(recent.last_seen_at) as last_promoted_at
  from recent join block_items i on i.block_id = recent.id group by i.link_id)
select a.id as article_id, a.title, l.title as title_shown, a.url, s.promoters, s.last_promoted_at
from shown s cross join links l on l.id = s.link_id cross join articles a on a.id = l.article_id
where replace(l.title, ' ', '') <> replace(a.title, ' ', '')
  and instr(a.title, rtrim(l.title, '….')) <> 1 -- merely cut
  and not exists (select 1 from revisions r where r.article_id = a.id and r.title = l.title)
order by s.promoters desc, a.id desc limit 200"""
"""A title that the article itself once had is no other one."""

NEVER_LISTED = f"""
with {_blocks(FEWER)},
shown as (select i.link_id, count(distinct recent.article_id) as promoters,
  min(recent.seen_at) as first_promoted_at, max(recent.last_seen_at) as last_promoted_at
  from recent join block_items i on i.block_id = recent.id
  group by i.link_id order by promoters desc limit {ITEMS})
select max(l.article_id) as article_id, l.title, l.url, l.date as date_shown, sum(s.promoters) as promoters,
  min(s.first_promoted_at) as first_promoted_at, max(s.last_promoted_at) as last_promoted_at
from shown s cross join links l on l.id = s.link_id
where not exists (select 1 from ledger g where g.url_key = url_key(l.url) and g.discovered_as = 'listing')
group by l.url order by promoters desc, l.url limit 200"""
"""``url_key()`` is ours (explore/plugin): the key of an address in its canonical form."""
