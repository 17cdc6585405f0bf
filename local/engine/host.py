"""Pulumi's Python language host, for a CLI that was built without one.

The engine starts it as ``pulumi-language-python ENGINE_ADDRESS`` and reads the port from its first line of
output. Running a program in this process is the Python SDK's own (the Automation API's inline server); added
is what the engine asks a host besides: a handshake, the packages installed, and starting a policy pack.
"""

from __future__ import annotations

import importlib.metadata
import os
import queue
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from local.engine.build import EngineError
from local.processes import leashed
from local.sdk_generator import generate

PARENT_SECONDS = 0.5
MESSAGE_BYTES = 400 * 1024 * 1024
"""What the engine itself allows for one message (``rpcutil.GrpcChannelOptions``)."""


class Host(LanguageServer):
    """One per command: the engine starts it, runs the program (and a pack) through it, and ends it."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(self, request: Any, context: Any) -> Any:
        """The engine greets; nothing of what it says is needed here."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of this host is the SDK's that it runs programs with."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def Run(self, request: Any, context: Any) -> Any:
        """Run the program in this process, as the SDK's inline server does, from its own directory."""
        program = entry_point(request.info)

        def run_program() -> None:
            sys.argv = [str(program), *request.args[1:]]
            sys.path.insert(0, str(program.parent))
            sys.path.append(str(sdks(Path(request.info.root_directory))))
            runpy.run_path(str(program), run_name="__main__")

        os.chdir(request.info.program_directory)
        self.program = run_program
        answer = super().Run(request, context)  # type: ignore[no-untyped-call]
        # What went wrong is in the log already: "bail" keeps the engine from saying it again as "unhandled".
        return language_pb2.RunResponse(bail=True) if answer.error else answer

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        """Return what is installed next to the program, for ``pulumi about``."""
        found = sorted({(item.name, item.version) for item in importlib.metadata.distributions()})
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        )

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:
        """``make`` installs them (local/bootstrap.py); this says so, and does nothing twice."""
        yield language_pb2.InstallDependenciesResponse(stdout=b"dependencies are installed by make (.venv)\n")

    def GeneratePackage(self, request: Any, context: Any) -> Any:
        """Write the SDK of a package into a folder of the project, for `pulumi package add`."""
        try:
            generate(request.schema, request.extra_files, request.loader_target, request.directory)
        except EngineError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.GeneratePackageResponse()

    def Link(self, request: Any, context: Any) -> Any:
        """Note a project's SDKs in its requirements.txt, install them, and say how to import them."""
        root = Path(request.info.root_directory)
        file = root / "requirements.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        imports = []
        for linked in request.packages:
            folder = Path(root, linked.path)
            requirement = os.path.relpath(folder, root)
            if requirement not in lines:
                lines.append(requirement)
            failed = installed(folder, sdks(root))
            if failed:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, failed)
            imports += [f"  import {each.parent.name}" for each in sorted(folder.glob("*/__init__.py"))]
        file.write_text("\n".join(lines) + "\n")
        said = "\n".join(["You can then import the SDK in your Python code with:", "", *imports, ""])
        return language_pb2.LinkResponse(import_instructions=said)

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Start a policy pack or another Python plug-in; stream what it prints, then its exit code."""
        environment = {**os.environ, **dict(item.split("=", 1) for item in request.env)}
        program = Path(request.info.program_directory or request.program)
        process = subprocess.Popen(
            leashed([interpreter(request.info), "-u", str(program), *request.args]),
            cwd=request.pwd or None,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(process.terminate)
        for name, line in lines_of(process):
            yield language_pb2.RunPluginResponse(
                **{name: line}  # type: ignore[arg-type]  # the name is "stdout" or "stderr", never "exitcode"
            )
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def entry_point(info: Any) -> Path:
    """Return the file that ``Pulumi.yaml`` names with ``main``, else ``__main__.py`` of the program's
    directory.
    """
    program = Path(info.program_directory) / (info.entry_point or ".")
    return program / "__main__.py" if program.is_dir() else program


def sdks(project: Path) -> Path:
    """Return where the SDKs that `pulumi package add` wrote into a project are installed: not in the
    checkout's .venv, which other projects use as well.
    """
    return project / "sdks" / ".installed"


def installed(folder: Path, target: Path) -> str:
    """Install the SDK in a folder, its dependencies are in .venv; what went wrong, or nothing."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--upgrade", "--target", str(target))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else ""


def interpreter(info: Any) -> str:
    """Return the Python of the plug-in's own ``virtualenv`` where its runtime options name one that is
    there.
    """
    options = dict(info.options)
    if options.get("virtualenv"):
        own = Path(info.root_directory, str(options["virtualenv"]), "bin", "python")
        if own.exists():
            return str(own)
    return sys.executable


def lines_of(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what a process prints, as ``("stdout" | "stderr", line)``, until both streams end."""
    lines: queue.Queue[tuple[str, bytes] | None] = queue.Queue()

    def read(name: str, stream: IO[bytes]) -> None:
        for line in stream:
            lines.put((name, line))
        lines.put(None)

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        if stream:
            threading.Thread(target=read, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        item = lines.get()
        if item is None:
            open_streams -= 1
        else:
            yield item


def main() -> None:
    """Serve on a free loopback port until the engine says to stop (one that lingers costs 5 s a command)."""
    parent = os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=8),
        options=[
            ("grpc.max_send_message_length", MESSAGE_BYTES),
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    while server.wait_for_termination(PARENT_SECONDS):  # until the engine is gone without a word: kill -9
        if os.getppid() != parent:
            os._exit(1)


if __name__ == "__main__":
    main()
