"""Calls the functions of one pack for the worker, one at a time, and keeps their modules loaded.

Requests come in on descriptor 3 and answers go out on descriptor 4, one line of JSON each, so nothing a function prints can
be taken for an answer. A function that exits or is killed takes this process with it; the worker starts another one. Runs
with Python 3.8 and later, whichever the pack's runtime names.
"""

import importlib.util
import json
import os
import select
import signal
import sys
import threading
import time
import traceback

REQUESTS = 3
ANSWERS = 4
# Exit code of what was ended by SIGTERM.
TERMINATED = 143
# A longer text goes through standard output, where the worker bounds it.
MAX_TEXT = 32 * 1024
MAX_MESSAGE = 64 * 1024

max_data_bytes = int(sys.argv[1])
pack_directory = os.getcwd()
own_pid = os.getpid()
functions = {}
event_loop = None


class Context:
    """What the function is told about its execution."""

    def __init__(self, platform, variables):
        self.execution_id = int(platform["ATTUNE_EXEC_ID"])
        self.action_ref = platform["ATTUNE_ACTION"]
        self.pack_ref = os.environ.get("ATTUNE_PACK_REF")
        self.rule_ref = platform.get("ATTUNE_RULE")
        self.trigger_ref = platform.get("ATTUNE_TRIGGER")
        self.api_url = os.environ.get("ATTUNE_API_URL")
        self.api_token = platform.get("ATTUNE_API_TOKEN")
        self.env = variables
        self._event = None

    @property
    def cancelled(self):
        """A threading.Event, set when the execution is cancelled or took too long: `context.cancelled.wait(5)`.

        Who never asks for it is simply ended by SIGTERM, and `async def run` is cancelled as a task.
        """
        if self._event is None:
            event = self._event = threading.Event()
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, lambda *_: event.set())
        return self._event

    @property
    def is_cancelled(self):
        return self._event is not None and self._event.is_set()


def load(file):
    directory = os.path.dirname(file)
    if directory not in sys.path:
        sys.path.insert(0, directory)
    name = f"attune_action_{len(functions)}_" + os.path.basename(file).split(".")[0]
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    found = getattr(module, "run", None)
    if callable(found):
        functions[file] = found
    return found


def call(request):
    started_at = time.perf_counter()
    platform, variables = request["platform"], request["variables"]
    context = Context(platform, variables)
    enter_directory()
    enter_variables({**variables, **platform})
    try:
        action = functions.get(request["file"]) or load(request["file"])
        if callable(action):
            value = action(request["params"], context)
            if hasattr(value, "__await__"):
                value = wait_for(value)
            answer = answer_of(value, request["isText"])
        else:
            answer = {"refused": f"{request['file']} has no function: write def run(params, context)"}
    except SystemExit as exit_request:
        answer = exit_of(exit_request.code)
    except BaseException as error:  # whatever it is, it ends the call and not the host
        answer = failure(error, context)
    if os.getpid() != own_pid:
        # A copy of this process that a function forked and let go.
        flush()
        os._exit(answer.get("code", 1))
    if context._event is not None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    leave_variables()
    flush()
    send({"call": request["call"], "ms": (time.perf_counter() - started_at) * 1000, **answer})


def wait_for(awaitable):
    import asyncio

    global event_loop
    if event_loop is None:
        event_loop = asyncio.new_event_loop()
        asyncio.set_event_loop(event_loop)

    async def run():
        return await awaitable

    task = event_loop.create_task(run())
    event_loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return event_loop.run_until_complete(task)
    except asyncio.CancelledError:
        raise SystemExit(TERMINATED) from None
    finally:
        event_loop.remove_signal_handler(signal.SIGTERM)


def answer_of(value, is_text):
    if value is None:
        return {"code": 0}
    if is_text:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if len(text) <= MAX_TEXT:
            return {"code": 0, "text": text}
        sys.stdout.write(text)
        return {"code": 0}
    try:
        data = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        return {"code": 0, "problem": f"the returned value is no JSON: {error}"}
    if len(data) > max_data_bytes:
        return {"code": 0, "problem": "the output exceeded its size limit"}
    return {"code": 0, "data": data}


def exit_of(code):
    if code is None:
        return {"code": 0}
    if isinstance(code, int):
        return {"code": code & 0xFF}
    print(code, file=sys.stderr)
    return {"code": 1, "error": str(code)[:MAX_MESSAGE]}


def failure(error, context):
    """What was raised goes to standard error as it would from a program; its message becomes the error of the execution."""
    # The first frame is this file's, which tells nobody anything.
    own = error.__traceback__.tb_next if error.__traceback__ else None
    traceback.print_exception(type(error), error, own or error.__traceback__)
    message = str(error)
    if message == "" or isinstance(error, KeyError):
        message = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return {"code": TERMINATED if context.is_cancelled else 1, "error": message[:MAX_MESSAGE]}


def flush():
    for stream in {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}:
        try:
            stream.flush()
        except (AttributeError, ValueError):
            pass  # the function has closed or replaced it


def send(answer):
    """The data is JSON text already."""
    data = answer.pop("data", None)
    text = json.dumps(answer, separators=(",", ":"))
    line = (text if data is None else f'{text[:-1]},"data":{data}}}') + "\n"
    left = memoryview(line.encode())
    try:
        while left:
            left = left[os.write(ANSWERS, left) :]
    except OSError:
        end_with_everybody()


# Variables in force and what was there before them; None = nothing.
replaced = {}


def enter_variables(wanted):
    for name in [name for name in replaced if name not in wanted]:
        restore(name)
    for name, value in wanted.items():
        now = os.environ.get(name)
        replaced.setdefault(name, now)
        if now != value:
            os.environ[name] = value


def leave_variables():
    """Variables that only say which execution this is may wait for the next one."""
    for name in list(replaced):
        if not name.startswith("ATTUNE_") or name == "ATTUNE_API_TOKEN":
            restore(name)


def restore(name):
    before = replaced.pop(name)
    if before is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = before


def enter_directory():
    try:
        if os.getcwd() != pack_directory:
            os.chdir(pack_directory)
    except OSError:
        pass  # the pack was removed or replaced; so is this process, soon


def end_with_everybody():
    """The worker is gone: whatever the functions have started goes too."""
    os.kill(0, signal.SIGKILL)


def watch_worker():
    poll = select.poll()
    poll.register(REQUESTS, 0)
    poll.poll()
    end_with_everybody()


def main():
    for descriptor in (REQUESTS, ANSWERS):
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, True)
    sys.stdout.reconfigure(line_buffering=True)
    sys.argv = sys.argv[:1]
    # Where this file lies is none of the functions' business.
    sys.path = [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]
    # Source that changes twice in a second would be taken for its old bytecode, and packs would fill with files.
    sys.dont_write_bytecode = True
    threading.Thread(target=watch_worker, daemon=True).start()
    requests = os.fdopen(REQUESTS, "rb", closefd=False)
    send({"isReady": True})
    while True:
        line = requests.readline()
        if line == b"":
            end_with_everybody()
        if line == b'"retire"\n':
            return
        call(json.loads(line))


main()
