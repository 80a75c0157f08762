"""Runs mutmut's mutants of the rules, each in a fork of one pytest session with all tests loaded.

    cd build/mutation && venv/bin/python ../../tools/mutants.py ../.. [guard facts ...]
    cd build/mutation && venv/bin/python ../../tools/mutants.py --show [guard facts ...]

mutmut makes the mutants; to start pytest for each of them took it most of an hour. Here a child
runs only the tests that reach the mutated function, those first that killed its neighbours, and
ends at the first failure. What became of them is kept in `fates/MODULE.json`, beside the sum of
the source that was measured; `--show` prints what the survivors changed.
"""

import ast
import difflib
import hashlib
import json
import mmap
import os
import resource
import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation import trampoline
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import mangled_name_from_mutant_name

RULES = "src/sportello/rules"
_PACKAGE = "sportello.rules"
# Of CPU: beyond what the tests take unchanged, tenfold, a child is ended.
_SECONDS_MIN = 5
_MEMORY_MAX = 4 << 30
_ENDED_BY_US = 255
_UNREACHABLE = "assert_never("
_WEAK = ("survived", "no test")
_PYTEST = (
    "-q",
    "-s",
    "-p no:randomly",
    "-p no:cacheprovider",
    "-p no:timeout",
    "--import-mode=importlib",
    "--hypothesis-profile=mutation",
    "-W ignore",
    "--rootdir=.",
    "tests/rules",
)


class Forks:
    """A pytest plugin that runs mutants in the place of the tests.

    `mutants`: by module, the names of its mutants. Every test runs once unchanged before, to learn
    which functions it reaches and how long it takes.
    """

    def __init__(self, mutants: dict[str, list[str]], sums: dict[str, str]) -> None:
        self._mutants = mutants
        self._sums = sums
        self._early: set[str] = set()
        self._reached: defaultdict[str, set[pytest.Item]] = defaultdict(set)
        self._seconds: dict[pytest.Item, float] = {}
        self._kills: defaultdict[str, Counter[pytest.Item]] = defaultdict(Counter)
        self._killer = mmap.mmap(-1, 4)
        self._hit: set[str] = set()
        trampoline.record_trampoline_hit = lambda name, **_: self._hit.add(name)
        trampoline.set_mutant_under_test("stats")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._early = set(self._hit)
        self._learn(session.items)
        for module, names in self._mutants.items():
            fates = {name: self._fate(name) for name in names}
            kept = {"sum": self._sums[module], "fates": fates}
            Path("fates", f"{module}.json").write_text(json.dumps(kept, indent=0))
            found = Counter(fates.values())
            sys.stdout.write(f"{module}: {dict(found)}\n")
            sys.stdout.flush()
        return True

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        for item, following in pairwise([*items, None]):
            self._hit.clear()
            began = process_time()
            failed = _fails(item, following)
            self._seconds[item] = process_time() - began
            if failed:
                pytest.exit(f"fails before any change: {item.nodeid}", returncode=1)
            for name in self._hit:
                self._reached[name].add(item)

    def _fate(self, name: str) -> str:
        """Killed, survived, timed out; no test: none reaches it; early: run at import alone;
        unreachable: the last arm of a `match`, where the type checker proves that nothing comes.
        """
        function = mangled_name_from_mutant_name(name)
        kills = self._kills[function]
        tests = sorted(
            self._reached[function], key=lambda item: (-kills[item], self._seconds[item])
        )
        if not tests:
            return "early" if function in self._early else "no test"
        code = self._forked(name, tests)
        if code == 1:
            (place,) = struct.unpack("i", self._killer[:4])
            kills[tests[place]] += 1
        if code == 0 and _UNREACHABLE in difference(name):
            return "unreachable"
        return {0: "survived", 1: "killed"}.get(code, "timed out")

    def _forked(self, name: str, tests: Sequence[pytest.Item]) -> int:
        child = os.fork()
        if child == 0:
            self._run(name, tests)
        _, status = os.waitpid(child, 0)
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else _ENDED_BY_US

    def _run(self, name: str, tests: Sequence[pytest.Item]) -> None:
        """In the child: which test fails first is left in shared memory."""
        code = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            allowed = _SECONDS_MIN + int(sum(self._seconds[item] for item in tests) * 10)
            resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 1))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
            trampoline.set_mutant_under_test(name)
            for place, (item, following) in enumerate(pairwise([*tests, None])):
                self._killer[:4] = struct.pack("i", place)
                if _fails(item, following):
                    break
            else:
                code = 0
        finally:
            os._exit(code)


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def mutated(root: Path, modules: Sequence[str]) -> Iterator[tuple[str, list[str], str]]:
    """Writes these modules with their mutants into ./src: module, mutants' names, sum of it all."""
    given = [root / RULES / f"{module}.py" for module in modules]
    for path in given or sorted((root / RULES).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        made = mutate_file_contents(path.name, source)
        if not made.mutant_names:
            continue
        Path(RULES, path.name).write_text(made.code, encoding="utf-8")
        names = [f"{_PACKAGE}.{path.stem}.{name}" for name in made.mutant_names]
        yield path.stem, names, hashlib.sha256(source.encode()).hexdigest()


def difference(name: str) -> str:
    """What a mutant changed, as lines with + and -."""
    module, _, mutant = name.removeprefix(f"{_PACKAGE}.").partition(".")
    source = Path(RULES, f"{module}.py").read_text(encoding="utf-8")
    texts = {
        node.name: ast.unparse(node.body)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }
    original = mangled_name_from_mutant_name(name).rpartition(".")[2] + "__mutmut_orig"
    lines = difflib.unified_diff(
        texts[original].splitlines(), texts[mutant].splitlines(), n=0, lineterm=""
    )
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def show(modules: Sequence[str]) -> None:
    for kept in sorted(Path("fates").glob("*.json")):
        if modules and kept.stem not in modules:
            continue
        for name, fate in json.loads(kept.read_text(encoding="utf-8"))["fates"].items():
            if fate in _WEAK:
                sys.stdout.write(f"{name} ({fate})\n{difference(name)}\n")


def main() -> int:
    if sys.argv[1] == "--show":
        show(sys.argv[2:])
        return 0
    made = list(mutated(Path(sys.argv[1]), sys.argv[2:]))
    Path("fates").mkdir(exist_ok=True)
    sys.path.insert(0, str(Path("src").resolve()))
    forks = Forks(
        {module: names for module, names, _ in made}, {module: found for module, _, found in made}
    )
    return int(pytest.main(list(_PYTEST), plugins=[forks]))


if __name__ == "__main__":
    sys.exit(main())
