"""Django's registration of approvals."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "liuhen.approvals"
    label = "approvals"
    verbose_name = "审批"
