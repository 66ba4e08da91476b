"""The shop's own end: receives replies, and is the system that the tool asks."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.lab.crash.channel import ShopEnd


class ShopWithShelf(ShopEnd):
    """Also tells where something lies."""

    async def look_on_shelf(self, request: Request) -> Response:
        """Say where it is."""
        return JSONResponse({"place": f"beside the {request.path_params['item']}"})

    def app(self) -> Starlette:
        """Return the shop's HTTP application."""
        made = super().app()
        made.router.routes.append(Route("/shelf/{item}", self.look_on_shelf))
        return made
