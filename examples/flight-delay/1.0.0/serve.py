"""Serves the model through the Open Inference Protocol v2: python serve.py --port 8080"""

import argparse
import gc
import logging
import socket
import sys
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from model import Model
from protocol import Interface, Refused

HERE = Path(__file__).resolve().parent
LARGEST_BODY = 16 * 2**20
# Longer than any proxy keeps an idle connection, so that it is never we who close one just as a request arrives.
KEEP_ALIVE_SECONDS = 900


def answer(body, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


async def read_body(request: Request) -> bytes:
    if int(request.headers.get("content-length", 0)) > LARGEST_BODY:
        raise Refused(f"the body is larger than {LARGEST_BODY} bytes; send fewer rows in a request", 413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused(f"the body is larger than {LARGEST_BODY} bytes; send fewer rows in a request", 413)
    return bytes(body)


def make_app(interface: Interface, model: Model) -> Starlette:
    def check_name(request: Request) -> None:
        name = request.path_params["model"]
        if name != interface.model:
            raise Refused(f"unknown model `{name[:60]}`, expected `{interface.model}`", 404)

    async def infer(request: Request) -> Response:
        check_name(request)
        decoded = interface.decode(await read_body(request))
        encoded = interface.encode(decoded, model.predict(decoded.columns, decoded.rows))
        return Response(encoded, media_type="application/json")

    async def metadata(request: Request) -> Response:
        check_name(request)
        return answer(interface.metadata)

    async def model_ready(request: Request) -> Response:
        check_name(request)
        return answer({"name": interface.model, "ready": True})

    async def live(request: Request) -> Response:
        return answer({"live": True})

    async def ready(request: Request) -> Response:
        return answer({"ready": True})

    async def server(request: Request) -> Response:
        return answer({"name": "serve.py", "version": "1", "extensions": []})

    async def refused(request: Request, error: Exception) -> Response:
        return answer({"error": str(error)}, error.status)

    async def no_route(request: Request, error: Exception) -> Response:
        return answer({"error": f"{request.method} {request.url.path[:60]}: {error.detail.lower()}"}, error.status_code)

    async def gone(request: Request, error: Exception) -> Response:
        return answer({"error": "the client left before its request was complete"}, 400)

    return Starlette(
        routes=[
            Route("/v2/models/{model}/infer", infer, methods=["POST"]),
            Route("/v2/models/{model}/ready", model_ready),
            Route("/v2/models/{model}", metadata),
            Route("/v2/health/ready", ready),
            Route("/v2/health/live", live),
            Route("/v2", server),
        ],
        exception_handlers={Refused: refused, ClientDisconnect: gone, 404: no_route, 405: no_route},
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True, help="port on 127.0.0.1 (0: any free one, printed)")
    port = arguments.parse_args().port

    interface = Interface.read(HERE / "mops.yaml")
    app = make_app(interface, Model.read(HERE / "model" / "weights.json"))
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    except (OSError, OverflowError) as error:
        sys.exit(f"serve.py: cannot listen on 127.0.0.1:{port}: {error}")
    print(f"serving `{interface.model}` on http://127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)

    gc.collect()
    gc.freeze()
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # SIGTERM: no new connections, requests in flight are answered, then the process ends.
    uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=30,
        )
    ).run(sockets=[listener])


if __name__ == "__main__":
    main()
