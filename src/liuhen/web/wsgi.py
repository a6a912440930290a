"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuhen.settings")

_django = get_wsgi_application()
from liuhen.web.bodies import paced  # noqa: E402 - its models need a set-up Django
from liuhen.web.patience import STATEMENT_LIMIT  # noqa: E402 - beside its kin

application = paced(_django)
# What the authority's own address says of it comes later and wins.
_options = connections.settings["default"]["OPTIONS"]
_options["options"] = f"-c statement_timeout={STATEMENT_LIMIT} {_options['options']}"
connections.settings["default"]["ENGINE"] = "liuhen.web.patience"
# Everything the first request would load. It stays for good, so the collector need not look
# through it again and again while people wait.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
