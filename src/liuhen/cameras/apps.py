"""Django's registration of cameras."""

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "liuhen.cameras"
    label = "cameras"
    verbose_name = "场所监控"
