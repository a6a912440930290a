"""A camera is recorded by one recorder, on whichever machine, and taken over by another."""

from __future__ import annotations

from uuid import UUID

from liuhen.cameras.queries import Post
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.media.feed import Source
from liuhen.recorder.holding import Holding
from tests.waiting import until


def post() -> Post:
    return Post(new_id(), "枪机", Source("10.0.0.1", 554, "/"), clock.now(), None)


def held(holding: Holding, posts: list[Post]) -> set[UUID]:
    return {one.camera_id for one in holding.of(posts)}


def test_one_has_a_camera_until_it_lets_go_or_dies(world: World) -> None:
    first, second, cameras = Holding(), Holding(), [post(), post()]
    one, two = (camera.camera_id for camera in cameras)
    try:
        assert held(first, cameras[:1]) == {one}
        assert held(second, cameras) == {two}, "the other has the first"
        assert held(first, cameras) == {one}
        assert held(first, cameras[1:]) == set(), "out of service, or out of reach"
        assert held(second, cameras) == {one, two}
        second.close()
        # its line broke, as when it dies: the database notices in its own time
        until(lambda: held(first, cameras) == {one, two})
        assert held(second, cameras) == set()
    finally:
        first.close()
        second.close()
