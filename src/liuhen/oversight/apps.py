"""Django's registration of oversight."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "liuhen.oversight"
    label = "oversight"
    verbose_name = "监督"
