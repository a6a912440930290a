"""A camera's child, when its code has been taken over, reaches its camera and nothing else."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from liuhen.kernel import clock
from liuhen.media.feed import Feed, Nursery, Source
from liuhen.media.protections import Layer

# In place of the reader: it tries every way out, then says how it went. No camera sent a byte yet.
TAKEN_OVER = """
import errno, functools, socket
from liuhen.media import confinement, nursery
from liuhen.media.frames import Stopped, event_frame

def way_out(family, kind, address):
    try:
        with socket.socket(family, kind) as made:
            made.settimeout(2)
            made.connect(address)
            made.sendall(b"out")
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    return "reached"

def take_over(wanted, line, network):
    where, far = TARGETS
    tried = [
        way_out(socket.AF_INET, socket.SOCK_STREAM, where),
        way_out(socket.AF_INET, socket.SOCK_STREAM, far),
        way_out(socket.AF_INET, socket.SOCK_DGRAM, where),
        way_out(socket.AF_INET, socket.SOCK_DGRAM, far),
        way_out(socket.AF_INET6, socket.SOCK_STREAM, ("::1", where[1])),
        way_out(socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT),
    ]
    with socket.socket() as camera:
        camera.connect(("127.0.0.1", wanted.port))
        camera.sendall(b"from the child")
        tried.append(camera.recv(100).decode())
    told = " ".join([network, *tried])
    line.sendall(event_frame(Stopped("unreadable", told)))

nursery.remux.record = take_over
nursery.confinement.confine = functools.partial(
    confinement.confine, without=frozenset(WITHOUT)
)
nursery.main()
"""


@dataclass
class Camera:
    """A listener that stands for the camera, and what others hear beside it."""

    listener: socket.socket
    others: list[socket.socket]
    abstract: str

    @property
    def source(self) -> Source:
        return Source("127.0.0.1", self.listener.getsockname()[1], "/")

    def was_heard_elsewhere(self) -> bool:
        """Whether any other place got a connection or a datagram."""
        with selectors.DefaultSelector() as waiting:
            for one in self.others:
                waiting.register(one, selectors.EVENT_READ)
            return bool(waiting.select(0))


@pytest.fixture
def camera() -> Iterator[Camera]:
    """The camera at one port; TCP, UDP and an abstract socket of this machine beside it."""
    listener, tcp = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    local = socket.socket(socket.AF_UNIX)
    abstract = f"\0liuhen-test-{listener.getsockname()[1]}"
    local.bind(abstract)
    local.listen()
    yield Camera(listener, [tcp, udp, local], abstract)
    for one in (listener, tcp, udp, local):
        one.close()


def taken_over(camera: Camera, without: Sequence[Layer] = ()) -> list[str]:
    """How each try of the child ended: TCP near and far, UDP near and far, IPv6, a local socket,
    its camera; before them what is said to keep the network away."""
    where = camera.others[0].getsockname()
    program = (
        TAKEN_OVER.replace("TARGETS", repr((where, ("192.0.2.1", 554))))
        .replace("ABSTRACT", repr(camera.abstract))
        .replace("WITHOUT", repr(list(without)))
    )
    nursery = Nursery(("-c", program))
    selector = selectors.DefaultSelector()
    feed = Feed(selector, nursery, camera.source, 1000, lambda told: None)
    selector.register(camera.listener, selectors.EVENT_READ, lambda *_: connected.append(accept()))
    connected: list[socket.socket] = []

    def accept() -> socket.socket:
        line, _ = camera.listener.accept()
        selector.register(line, selectors.EVENT_READ, answer)
        return line

    def answer(key: selectors.SelectorKey, _: int) -> None:
        assert isinstance(key.fileobj, socket.socket)
        if key.fileobj.recv(100) == b"from the child":
            key.fileobj.sendall(b"the-camera")
        else:
            selector.unregister(key.fileobj)

    while feed.cause is None:
        for key, mask in selector.select(0.1):
            key.data(key, mask)
        feed.tick(clock.monotonic())
    nursery.close()
    selector.close()
    for line in connected:
        line.close()
    assert feed.cause == "unreadable", (feed.cause, feed.detail)
    return feed.detail.split()


def test_it_reaches_its_camera_and_no_other_address_port_or_kind_of_line(camera: Camera) -> None:
    network, *tried, its_camera = taken_over(camera)
    assert its_camera == "the-camera"
    near, far, *others = tried
    if network == "namespace":  # its own loopback has nobody else on it, and no way to elsewhere
        assert near in {"ECONNREFUSED", "EACCES"} and far in {"ENETUNREACH", "EACCES"}
    else:
        assert (network, near, far) == ("landlock_tcp", "EACCES", "EACCES")
    assert others == ["EPERM"] * 4, "datagrams, IPv6 and local sockets: the kernel makes none"
    assert not camera.was_heard_elsewhere()


@pytest.mark.parametrize("left_out", ["namespaces", "landlock", "sockets"])
def test_each_layer_left_out_the_others_keep_it_from_everybody_else(
    camera: Camera, left_out: Layer
) -> None:
    network, *tried, its_camera = taken_over(camera, [left_out])
    if network == "open":
        pytest.skip("this kernel has neither namespaces nor Landlock for this user")
    assert its_camera == "the-camera"
    assert "reached" not in tried[:2]
    assert not camera.was_heard_elsewhere()


def test_the_ways_out_are_real_with_nothing_in_force_they_lead_somewhere(camera: Camera) -> None:
    network, near, _, datagram, *_, its_camera = taken_over(
        camera, ["namespaces", "landlock", "sockets"]
    )
    assert (network, its_camera) == ("open", "the-camera")
    assert (near, datagram) == ("reached", "reached")
    assert camera.was_heard_elsewhere()


def test_without_the_filter_a_datagram_would_get_out_and_that_is_told(camera: Camera) -> None:
    network, *_, its_camera = taken_over(camera, ["namespaces", "sockets"])
    assert (network, its_camera) == ("open", "the-camera")
    assert camera.was_heard_elsewhere()
