"""Django's registration of the pages."""

import gc

from django.apps import AppConfig

# What is made from here on while Django is set up stays for good; `jobs.apps` comes last.
gc.disable()


class WebConfig(AppConfig):
    name = "liuhen.web"
    label = "web"
