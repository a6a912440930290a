"""Django's registration of vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "liuhen.vault"
    label = "vault"
    verbose_name = "原件库"
