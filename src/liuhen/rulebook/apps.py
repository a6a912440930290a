"""Django's registration of the rulebook."""

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "liuhen.rulebook"
    label = "rulebook"
    verbose_name = "参数与日历"
