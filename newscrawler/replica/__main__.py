"""``python -m newscrawler.replica``: serve a small ITBEAR on the loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from . import Replica

_EXAMPLE = """example:
  python -m newscrawler.replica --port 8040 --articles 500 --seed 1
  # then, in another shell, paste the line it prints before
  scrapy crawl itbear
"""


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m newscrawler.replica",
        description="Serve a small ITBEAR on the loopback, also as a proxy for its real names.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1 (0: any free one)")
    add("--articles", type=int, default=500, help="how many articles www lists (default: 500)")
    add("--seed", type=int, default=1, help="the same seed gives the same site (default: 1)")
    add("--no-faults", action="store_true", help="let every page behave")
    add("--delay", type=float, default=0.0, help="seconds before every answer (default: 0)")
    add("--crawl-delay", type=float, help="Crawl-delay in robots.txt (default: none)")
    add(
        "--robots",
        choices=["ok", "deny", "404", "503"],
        default="ok",
        help="what robots.txt does (default: ok)",
    )
    add("--weight", type=int, default=20, help="KB of styles and scripts in a desktop page (default: 20)")
    add("--per-page", type=int, default=20, help="entries of a listing page (default: 20)")
    add("--per-day", type=int, help="articles that www publishes a day (default: 34)")
    add("--no-validators", action="store_true", help="send neither ETag nor Last-Modified")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Serve until interrupted; 2 when the arguments or the port will not do."""
    options = _arguments(given)
    stopped = threading.Event()
    # Both by name: a shell starts what it puts in the background with SIGINT ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        site = Replica(
            articles=options.articles,
            seed=options.seed,
            faults=not options.no_faults,
            port=options.port,
            delay=options.delay,
            robots=options.robots,
            crawl_delay=options.crawl_delay,
            weight=options.weight,
            per_page=options.per_page,
            per_day=options.per_day,
            validators=not options.no_validators,
        )
        with site:
            settings = " ".join(f"{name}={value}" for name, value in site.environment().items() if value)
            print(f"direct   {site.url}")
            print(f"proxied  {settings} scrapy crawl itbear")
            print(f"truth    {site.url}-/truth.json")
            print(f"help     {site.url}-/  (log, clock)", flush=True)
            stopped.wait()
    except (ValueError, OSError, OverflowError) as error:
        print(f"replica: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
