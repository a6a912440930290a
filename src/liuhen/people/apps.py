"""Django's registration of the people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "liuhen.people"
    label = "people"
    verbose_name = "机构人员"
