"""Django's registration of the jobs, so that `jobs.tasks` is found by the worker."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "liuhen.jobs"
    label = "jobs"
