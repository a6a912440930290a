"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuhen.settings")

_django = get_wsgi_application()
from liuhen.web.bodies import paced  # noqa: E402 - its models need a set-up Django

application = paced(_django)
# A database that is too slow holds a person's page and its thread for so long, then both are told.
# What the authority's own address says of it comes later and wins.
STATEMENT_LIMIT = "60s"
_options = connections.settings["default"]["OPTIONS"]
_options["options"] = f"-c statement_timeout={STATEMENT_LIMIT} {_options['options']}"
# Everything the first request would load. It stays for good, so the collector need not look
# through it again and again while people wait.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
