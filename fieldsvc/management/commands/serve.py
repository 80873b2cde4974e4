"""The whole product in one process: web, sockets, media, worker and beat (ADR 8)."""

import asyncio
import logging
import os
import socket
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from twisted.python.failure import Failure

from fieldsvc.management.commands import seed_demo
from inspections.signing.gateways.fakes import Fakes

# The example of GB 11643, which is nobody's.
NUMBER = "11010519491231002X"
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serve the embedded product on one port; --demo fills it with a demo bureau."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default=None, help="default 127.0.0.1; 0.0.0.0 with --https")
        parser.add_argument("--demo", action="store_true")
        parser.add_argument(
            "--no-signing-fakes", action="store_true", help="--demo without the fake authorities"
        )
        parser.add_argument("--https", action="store_true", help="own certificate, for phones")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.EMBEDDED:
            raise CommandError("serve 只用于嵌入模式;生产环境请分别启动 web、media、worker、beat。")
        port, https = int(str(options["port"])), bool(options["https"])
        host = str(options["host"] or ("0.0.0.0" if https else "127.0.0.1"))  # noqa: S104
        _refuse_taken(host, port)
        public = _public_url(port, https=https)
        demo = bool(options["demo"])
        wanted = {"PUBLIC_URL": public, "DEMO": str(demo).lower()}
        fakes = _fakes(port + 2) if demo and not options["no_signing_fakes"] else None
        leads = fakes.settings() if fakes else {}
        known = leads.get("IDENTITY_URL", settings.IDENTITY_URL) == settings.IDENTITY_URL
        if public != settings.PUBLIC_URL or demo != settings.DEMO or not known:
            _restart_with(wanted | leads)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if demo:
            # Behind https the demo approval system is reached on the plain loopback port: it
            # cannot know this machine's own certificate.
            plain = f"http://localhost:{port + 1 if https else port}/demo/approval-system"
            call_command("seed_demo", public_url=public, callback_url=plain)
        if fakes:
            threading.Thread(target=fakes.serve_forever, name="signing-fakes", daemon=True).start()
            self.stdout.write(
                f"模拟认证机构和身份核验:{fakes.address}。申请人签名前要填的身份证号:{NUMBER}\n"
            )
        _run(host, port, https=https)


def _fakes(port: int) -> Fakes | None:
    """The fake authorities of a demonstration; none where others are configured already."""
    ours = f"http://127.0.0.1:{port}"
    given = [one for one in (settings.SIGNER_CA_URL, settings.IDENTITY_URL) if one]
    if not all(one.startswith(f"{ours}/") for one in given):
        return None
    try:
        return Fakes(Path(settings.VAR) / "fakes", {NUMBER: seed_demo.APPLICANT}, port=port)
    except OSError:
        logger.warning("no fake authorities: their port is taken", extra={"port": port})
        return None


def _public_url(port: int, *, https: bool) -> str:
    if not https:
        return f"http://localhost:{port}"
    return f"https://{_lan_address()}:{port}"


def _restart_with(environment: dict[str, str]) -> None:
    """Settings are read once at start, and cookies, origins and links depend on the address."""
    os.environ.update(environment)
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606


def _lan_address() -> str:
    """The address other devices on this network reach; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:  # no network at all: the machine itself is all there is
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 已被占用。请关闭占用它的程序,或换一个:make run ARGS='--port 8001'"
            ) from error


def _run(host: str, port: int, *, https: bool) -> None:
    from twisted.internet import reactor

    from fieldsvc.asgi import application
    from fieldsvc.embedded import Embedded
    from fieldsvc.tls import own_certificate
    from signaling.front import BoundedServer

    embedded = Embedded()
    embedded.start()
    reactor.callWhenRunning(_start_media)
    endpoints = [f"tcp:{port}:interface={host}"]
    if https:
        files = own_certificate(Path(settings.VAR) / "tls", _lan_address())
        endpoints = [
            f"ssl:{port}:interface={host}:privateKey={files.key}:certKey={files.certificate}",
            f"tcp:{port + 1}:interface=127.0.0.1",
        ]
    server = BoundedServer(application=application, endpoints=endpoints, server_name="fieldsvc")
    try:
        server.run()
    finally:
        embedded.stop(children=True)
    _leave()


def _leave() -> None:
    """End the process: a request that was in flight waits for a loop that is gone, for ever."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _start_media() -> None:
    """Media lives on the serving loop and is stopped before it, so that rooms close properly."""
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    from signaling.mediaworker import MediaNode, start_embedded

    def started(node: MediaNode) -> None:
        def stop() -> Deferred[None]:
            return Deferred.fromFuture(asyncio.ensure_future(node.stop()))

        reactor.addSystemEventTrigger("before", "shutdown", stop)  # type: ignore[arg-type]

    def failed(failure: Failure) -> None:
        logger.error("media did not start", exc_info=failure.value)
        reactor.stop()  # type: ignore[misc]

    start = Deferred.fromFuture(asyncio.ensure_future(start_embedded()))
    start.addCallbacks(started, failed)
