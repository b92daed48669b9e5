"""``hinterland app``: the dashboard in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli_options import RunSeed, RunWorldSeed, ScenarioFile, Settings
from sim.cli_terminal import changes, console, load, mistake, plain_failures
from sim.errors import ScenarioError

__all__ = ["app"]

_PORT = 5006


def app(
    scenario: ScenarioFile,
    *,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = _PORT,
    address: Annotated[
        str, typer.Option("--address", help="Address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", metavar="HOST:PORT", help="Further name visitors reach it by; may be repeated."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser window.")] = False,
    seed: RunSeed = None,
    world_seed: RunWorldSeed = None,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the address.")] = False,
) -> None:
    """Open the dashboard: sliders, maps and curves of a scenario beside a changed policy, on the same luck.

    It listens on this machine alone until Ctrl-C. A mistake in the scenario, a busy port, or the missing extra
    ``dashboard`` end with exit status 2.
    """
    with plain_failures():
        loaded = load(scenario, changes(settings or [], seed, world_seed))
        _require_panel()
        from sim.app.server import is_loopback, serve
        from sim.world import named_openings, resolve_region

        resolve_region(loaded)  # places that are unknown are told here, not on the page
        named_openings(loaded)
        if not is_loopback(address):
            warning = (
                f"--address {address}: whoever reaches this machine can use the page; it asks for no password"
            )
            console(stderr=True).print(warning, soft_wrap=True, style="yellow")
        where = f"http://{_host(address)}:{port}"
        console().print(where if quiet else f"{where}  (Ctrl-C ends it)", soft_wrap=True)
        try:
            serve(
                loaded,
                file=str(scenario),
                address=address,
                port=port,
                allowed_origins=origin or (),
                show=not no_browser,
            )
        except KeyboardInterrupt:
            if not quiet:
                console().print("ended")


def _host(address: str) -> str:
    """What to write into a browser on this machine."""
    if address in {"0.0.0.0", "::"}:  # noqa: S104  # told apart, not bound here
        return "localhost"
    return f"[{address}]" if ":" in address else address


def _require_panel() -> None:
    from sim.app.extra import require_panel

    try:
        require_panel()
    except ImportError as error:
        raise ScenarioError(mistake(str(error))) from None
