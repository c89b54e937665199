"""What the shop's own pages know; its handlers are its own business."""

import reflex as rx


class Counter(rx.State):
    """For anyone, signed in or not."""

    clicks: int = 0
    failed: str = ""

    @rx.event
    async def click(self):
        self.clicks += 1

    @rx.event
    async def fail(self):
        raise ValueError("the shop's own")
