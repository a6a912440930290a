"""Django's registration of recordings."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "liuhen.recordings"
    label = "recordings"
    verbose_name = "音像记录"
