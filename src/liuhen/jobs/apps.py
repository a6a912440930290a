"""Django's registration of the jobs, so that `jobs.tasks` is found by the worker."""

import gc

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "liuhen.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Let the collector run, past everything that setting up has made: a fifth of a start."""
        gc.freeze()
        gc.enable()
