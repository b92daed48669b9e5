"""The dashboard behind an address: one page for each visitor, results shared."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

import panel as pn

from sim.app.look import PAGE_STYLE
from sim.app.page import Dashboard
from sim.errors import Problem, ScenarioError
from sim.scenario import Scenario

__all__ = ["is_loopback", "origins", "serve"]


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def origins(address: str, port: int, further: Sequence[str] = ()) -> list[str]:
    """HOST:PORT of the pages that may open a connection to the server; no other page on the net may."""
    hosts = ["localhost", "127.0.0.1"]
    if not is_loopback(address):
        hosts.append(socket.gethostname() if address in {"0.0.0.0", "::"} else address)  # noqa: S104
    return [*dict.fromkeys(f"{host}:{port}" for host in hosts), *further]


def serve(
    scenario: Scenario,
    *,
    file: str,
    address: str,
    port: int,
    allowed_origins: Sequence[str] = (),
    show: bool,
    start: bool = True,
) -> Any:
    """Serve the dashboard until interrupted.

    Raises
    ------
    ScenarioError : the address cannot be used, since the port is busy or the address is not this machine's.
    """
    check_free(address, port)
    pn.config.raw_css.append(PAGE_STYLE)
    title = f"{scenario.title or scenario.name} · Hinterland"

    def page() -> Dashboard:
        one = Dashboard(scenario, file=file)
        pn.state.on_session_destroyed(lambda _: one.close())
        return one

    return pn.serve(
        {"/": page},
        address=address,
        port=port,
        websocket_origin=origins(address, port, allowed_origins),
        show=show,
        start=start,
        title=title,
        verbose=False,
    )


def check_free(address: str, port: int) -> None:
    """Refuse an address that is taken or is none of this machine."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"--port {port}: found in use by another program"
                hint = "choose another, or stop the other program"
            else:
                message = f"--address {address}, --port {port}: cannot be used ({error.strerror or error})"
                hint = "allowed is an address of this machine, such as 127.0.0.1"
            raise ScenarioError(Problem(message, None, hint)) from error
