"""Runs mutants of the rules, each in a fork of one pytest session that has all tests loaded.

    build/mutation/venv/bin/python tools/mutants.py [--sample N] [--again] [guard facts ...]
    build/mutation/venv/bin/python tools/mutants.py --show [guard facts ...]

mutmut makes the mutants, and they are kept in `build/mutation/made`. A child gives the function its
mutant's code, runs only the tests that reach it, those first that killed its neighbours, and ends
at the first failure. What became of them is kept in `build/mutation/fates/MODULE.json`, beside the
sum of the source that was measured; `--show` prints what the survivors changed.
"""

import argparse
import ast
import difflib
import gc
import hashlib
import importlib
import importlib.util
import json
import mmap
import os
import random
import resource
import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import process_time
from types import CodeType, FrameType, FunctionType, ModuleType

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "src/sportello/rules"
KEPT = ROOT / "build/mutation"
_LEARNT = KEPT / "learnt.json"
_PACKAGE = "sportello.rules"
_SEED = 1
# Of CPU. What the tests of one mutant take unchanged is cut here, so a survivor costs no more;
# beyond fivefold a child is ended.
_TESTS_S = 2.0
_TESTS_MIN = 5
_LEAST_S = 2
_MEMORY_MAX = 4 << 30
_ENDED_BY_US = 255
_NOT_RUN = 254
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
    f"--rootdir={ROOT}",
    f"-c{KEPT / 'pytest.ini'}",
    str(ROOT / "tests/rules"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """The mutants of one module: `code` has all of them beside their originals.

    `names`: the ones to be run, out of `total`. `known`: what is known of others.
    """

    module: str
    sum: str
    code: Path
    names: tuple[str, ...]
    total: int
    known: dict[str, str]


class Forks:
    """A pytest plugin that runs mutants in the place of the tests.

    Every test runs once unchanged before, to learn which functions it reaches and what it takes.
    """

    def __init__(self, made: Sequence[Made]) -> None:
        self._made = made
        self._early: set[str] = set()
        self._reached: defaultdict[str, set[pytest.Item]] = defaultdict(set)
        self._seconds: dict[pytest.Item, float] = {}
        self._kills: defaultdict[str, Counter[pytest.Item]] = defaultdict(Counter)
        self._killer = mmap.mmap(-1, 4)
        self._hit: dict[int, CodeType] = {}
        sys.settrace(self._called)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> None:
        self._hit[id(frame.f_code)] = frame.f_code

    def _functions_hit(self) -> set[str]:
        return {
            f"{Path(code.co_filename).stem}.{code.co_qualname}"
            for code in list(self._hit.values())
            if code.co_filename.startswith(str(RULES))
        }

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._early = self._functions_hit()
        self._learn(session.items)
        sys.settrace(None)
        for made in self._made:
            copy = loaded(made.code)
            gc.collect()
            gc.freeze()
            self._prove(made, copy)
            fates = made.known | {name: self._fate(made, copy, name) for name in made.names}
            keep(made, fates)
            sys.stdout.write(f"{made.module}: {dict(Counter(fates.values()))}\n")
            sys.stdout.flush()
        return True

    def _prove(self, made: Made, copy: ModuleType) -> None:
        """A function that is given its own code must survive: else nothing below would count."""
        for name in made.names[:1]:
            original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
            tests = self._tests(made.module, f"{made.module}.{'.'.join(path_of(name))}")
            if self._forked(made, copy, original, tests) != 0:
                raise RuntimeError(f"killed as it is: {original}")

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        """What is known of a test counts until its file changes."""
        known = json.loads(_LEARNT.read_text()) if _LEARNT.exists() else {}
        new = [one for one in items if known.get(one.nodeid, [None])[0] != _sum(one.path)]
        try:
            for item, following in pairwise([*new, None]):
                known[item.nodeid] = [_sum(item.path), *self._tried(item, following)]
        finally:
            _LEARNT.write_text(json.dumps(known))
        for item in items:
            _, self._seconds[item], reached = known[item.nodeid]
            for name in reached:
                self._reached[name].add(item)

    def _tried(self, item: pytest.Item, following: pytest.Item | None) -> tuple[float, list[str]]:
        """Seconds of CPU and the functions reached; none of a test that fails as it is."""
        self._hit.clear()
        began = process_time()
        if _fails(item, following):
            sys.stdout.write(f"left out, fails before any change: {item.nodeid}\n")
            self._hit.clear()
        return process_time() - began, sorted(self._functions_hit())

    def _fate(self, made: Made, copy: ModuleType, name: str) -> str:
        """Killed, survived, timed out; no test: none reaches it; early: run at import alone;
        unreachable: the last arm of a `match`, where the type checker proves that nothing comes.
        """
        function = f"{made.module}.{'.'.join(path_of(name))}"
        tests = self._tests(made.module, function)
        if not tests:
            return "early" if function in self._early else "no test"
        code = self._forked(made, copy, name, tests)
        if code == 1:
            (place,) = struct.unpack("i", self._killer[:4])
            self._kills[function][tests[place]] += 1
            self._kills[made.module][tests[place]] += 1
        if code == 0 and _UNREACHABLE in difference(made.code, name):
            return "unreachable"
        if code == _NOT_RUN:
            raise RuntimeError(f"the mutant could not be put in: {name}")
        return {0: "survived", 1: "killed"}.get(code, "timed out")

    def _tests(self, module: str, function: str) -> list[pytest.Item]:
        """In the order in which they are likely to notice, and quickly; the slowest are left out
        where they would take too long, which can only make a killed one survive.
        """
        near, around = self._kills[function], self._kills[module]
        ordered = sorted(
            self._reached[function],
            key=lambda item: (-near[item], -min(around[item], 1), self._seconds[item]),
        )
        found: list[pytest.Item] = []
        seconds = 0.0
        for item in ordered:
            seconds += self._seconds[item]
            if seconds > _TESTS_S and len(found) >= _TESTS_MIN:
                break
            found.append(item)
        return found

    def _forked(self, made: Made, copy: ModuleType, name: str, tests: Sequence[pytest.Item]) -> int:
        child = os.fork()
        if child == 0:
            self._run(made, copy, name, tests)
        _, status = os.waitpid(child, 0)
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else _ENDED_BY_US

    def _run(self, made: Made, copy: ModuleType, name: str, tests: Sequence[pytest.Item]) -> None:
        """In the child: which test fails first is left in shared memory."""
        code = _NOT_RUN
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            allowed = _LEAST_S + int(sum(self._seconds[item] for item in tests) * 5)
            resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 1))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
            put_in(made.module, copy, name)
            code = 1
            for place, (item, following) in enumerate(pairwise([*tests, None])):
                self._killer[:4] = struct.pack("i", place)
                if _fails(item, following):
                    break
            else:
                code = 0
        finally:
            os._exit(code)


@cache
def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def made_of(path: Path, sample: int | None, *, again: bool) -> Made:
    """The same mutants of the same source; drawn by module, so that a run of one draws the same,
    and a larger sample holds the smaller one.

    `again`: of a source measured before only what was not killed; the others stay as they were.
    """
    source = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(source.encode()).hexdigest()
    code = KEPT / "made" / f"{path.stem}_{digest[:12]}.py"
    listed = code.with_suffix(".json")
    if not listed.exists():
        made = mutate_file_contents(path.name, source)
        code.write_text(made.code, encoding="utf-8")
        listed.write_text(json.dumps(list(made.mutant_names)))
    names = json.loads(listed.read_text(encoding="utf-8"))
    chosen = names
    if sample is not None and sample < len(names):
        mixed = random.Random(f"{_SEED} {path.stem}").sample(names, len(names))  # noqa: S311  # the same each time is what is wanted
        drawn = set(mixed[:sample])
        chosen = [name for name in names if name in drawn]
    known = _known(path.stem, digest, chosen) if again else {}
    to_run = tuple(name for name in chosen if name not in known)
    return Made(path.stem, digest, code, to_run, len(names), known)


def _known(module: str, digest: str, names: Sequence[str]) -> dict[str, str]:
    kept = KEPT / "fates" / f"{module}.json"
    if not kept.exists():
        return {}
    told = json.loads(kept.read_text(encoding="utf-8"))
    fates = told["fates"] if told["sum"] == digest else {}
    return {name: fates[name] for name in names if fates.get(name, "survived") not in _WEAK}


def loaded(code: Path) -> ModuleType:
    """All mutants as functions of a module of their own, of which only code is taken."""
    spec = importlib.util.spec_from_file_location(f"made_{code.stem}", code)
    if spec is None or spec.loader is None:
        raise ImportError(str(code))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def path_of(name: str) -> list[str]:
    """`xǁPriceǁin_euro__mutmut_3` is of Price.in_euro, `x_decide__mutmut_1` of decide."""
    mangled = name.rpartition("__mutmut_")[0]
    return mangled.split("ǁ")[1:] if "ǁ" in mangled else [mangled.removeprefix("x_")]


def put_in(module: str, copy: ModuleType, name: str) -> None:
    """Gives the function that everybody has imported the code and the defaults of its mutant."""
    path = path_of(name)
    original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
    function = _found(importlib.import_module(f"{_PACKAGE}.{module}"), path)
    before, after = (_found(copy, [*path[:-1], one]) for one in (original, name))
    function.__code__ = after.__code__
    if after.__defaults__ != before.__defaults__:
        function.__defaults__ = after.__defaults__
    if after.__kwdefaults__ != before.__kwdefaults__:
        function.__kwdefaults__ = after.__kwdefaults__


def _found(place: object, path: Sequence[str]) -> FunctionType:
    found = place
    for name in path:
        found = vars(found)[name]
    found = getattr(found, "__func__", found)
    if not isinstance(found, FunctionType):
        raise TypeError(f"no function: {path}")
    return found


def difference(code: Path, name: str) -> str:
    """What a mutant changed, as lines with + and -."""
    nodes = _functions(code)
    original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
    before, after = (_text(nodes[one]).splitlines() for one in (original, name))
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


@cache
def _functions(code: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(code.read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _text(function: ast.FunctionDef) -> str:
    return f"{ast.unparse(function.args)}\n{ast.unparse(function.body)}"


def keep(made: Made, fates: dict[str, str]) -> None:
    told = {
        "sum": made.sum,
        "total": made.total,
        "fates": fates,
        "changes": {
            name: f"{made.module}.{'.'.join(path_of(name))}\n{difference(made.code, name)}"
            for name, fate in fates.items()
            if fate in _WEAK
        },
    }
    (KEPT / "fates" / f"{made.module}.json").write_text(json.dumps(told, indent=0))


def show(modules: Sequence[str]) -> None:
    for kept in sorted((KEPT / "fates").glob("*.json")):
        if not modules or kept.stem in modules:
            for change in json.loads(kept.read_text(encoding="utf-8"))["changes"].values():
                sys.stdout.write(f"{change}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutants of the rules.")
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--sample", type=int, help="at most so many of each file")
    parser.add_argument("--show", action="store_true", help="what survived the last run")
    parser.add_argument("--again", action="store_true", help="only what was not killed before")
    given = parser.parse_args()
    if given.show:
        show(given.modules)
        return 0
    for folder in ("made", "fates"):
        (KEPT / folder).mkdir(parents=True, exist_ok=True)
    (KEPT / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow: a minute or more\n")
    paths = [RULES / f"{module}.py" for module in given.modules] or sorted(RULES.glob("*.py"))
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    forks = Forks([made_of(path, given.sample, again=given.again) for path in paths])
    return int(pytest.main(list(_PYTEST), plugins=[forks]))


if __name__ == "__main__":
    sys.exit(main())
