"""Site leaves: attributes over a family of newscrawler.crawl, a hook where a site needs one."""
