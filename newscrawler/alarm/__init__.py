"""It notices: each crawl's yield against the site's own history, troubles that begin and end, notices."""
