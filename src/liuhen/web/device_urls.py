"""Addresses of devices, their docking, their clocks, and of phones; taken over by `urls`."""

from django.urls import path

from liuhen.web import (
    clock_corrections,
    clock_page,
    device_page,
    devices,
    docking,
    phone,
    strange_devices,
)

DEVICE_PATHS = [
    path("phone/", phone.phone, name="phone"),
    path("phone/worker.js", phone.phone_worker, name="phone_worker"),
    path("phone/app.webmanifest", phone.phone_manifest, name="phone_manifest"),
    path("phone/trust/", phone.phone_trust, name="phone_trust"),
    path("phone/authority.crt", phone.phone_authority, name="phone_authority"),
    path("clock/", clock_page.clock_page, name="clock"),
    path("clock/codes/", clock_page.clock_codes, name="clock_codes"),
    path("docking/", docking.docking, name="docking"),
    path("docking/<str:camera>/", docking.docking_begin, name="docking_begin"),
    path("devices/", devices.devices, name="devices"),
    path("devices/new/", devices.device_register, name="device_register"),
    path("devices/<uuid:device_id>/", device_page.device, name="device"),
    path("devices/<uuid:device_id>/fault/", device_page.device_fault, name="device_fault"),
    path("devices/<uuid:device_id>/assign/", strange_devices.assign, name="device_assign"),
    path("devices/<uuid:device_id>/confirm/", strange_devices.confirm, name="device_confirm"),
    path("devices/<uuid:device_id>/retire/", device_page.device_retire, name="device_retire"),
    path("devices/faults/<uuid:fault_id>/", device_page.device_mend, name="device_mend"),
    path(
        "devices/readings/<int:reading_id>/correct/",
        clock_corrections.clock_correct,
        name="clock_correct",
    ),
    path("devices/<uuid:device_id>/hand-out/", devices.device_hand_out, name="device_hand_out"),
    path("devices/<uuid:device_id>/return/", devices.device_return, name="device_return"),
]
