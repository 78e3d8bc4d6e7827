"""Commands of ours that replace or join Scrapy's (COMMANDS_MODULE)."""
