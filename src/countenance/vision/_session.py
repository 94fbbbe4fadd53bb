"""The model runtime, on a short lead: one graph, a fixed number of threads, no memory kept between photos."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Session(Protocol):
    """A loaded graph."""

    def run(self, outputs: list[str], inputs: dict[str, Floats]) -> list[Floats]:
        """Compute the outputs named."""


def load(content: bytes, *, threads: int) -> Session:
    """Load a graph from bytes whose hash was compared already."""
    import onnxruntime  # noqa: PLC0415 -- importing this room must not load the runtime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The arena never gives memory back, and need not: the detector's tiles bound what a run takes.
    options.enable_cpu_mem_arena = True
    # Waiting threads sleep instead of spinning: other processes work on this machine too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    loaded: Session = session
    return loaded
