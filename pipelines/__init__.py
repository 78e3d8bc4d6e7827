"""One file, one decision; the order is the table ITEM_PIPELINES in newscrawler/settings.py."""
