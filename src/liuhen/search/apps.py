"""Django's registration of search."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "liuhen.search"
    label = "search"
    verbose_name = "检索"
