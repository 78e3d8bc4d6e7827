"""What Scrapy loads beside spiders and pipelines: families, middlewares, extensions, commands."""
