"""Addresses of /api/v1/. The upload endpoint stands before the JSON endpoints' own table."""

from __future__ import annotations

from django.urls import path

from liuhen.api import uploads
from liuhen.api.app import api

urlpatterns = [
    path("uploads/", uploads.uploads, name="api-uploads"),
    path("uploads/<uuid:upload_id>", uploads.upload, name="api-upload"),
    path("uploads/<uuid:upload_id>/receipt", uploads.receipt, name="api-receipt"),
    path("", api.urls),
]
