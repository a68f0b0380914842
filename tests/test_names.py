"""Names say what a thing is: what was gained in naming may not be lost again."""

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.folders import ROOT

PACKAGES = ("scenarios", "simulator", "models", "studies", "interface")
VAGUE = frozenset(
    [
        "one",
        "other",
        "others",
        "found",
        "said",
        "told",
        "each",
        "rest",
        "here",
        "there",
        "now",
        "some",
        "mine",
        "ours",
        "theirs",
        "what",
        "who",
        "kind",
        "kinds",
    ]
)
MOST_VAGUE = 0.02
MOST_MODULES = 16


def trees(package: str) -> dict[Path, ast.Module]:
    """The modules of a package, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / package).rglob("*.py")}


def local_names(tree: ast.Module) -> list[str]:
    """Names that a module assigns, and the parameters of its functions."""
    assigned = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    signatures = [node for node in ast.walk(tree) if isinstance(node, ast.arguments)]
    return assigned + [argument.arg for node in signatures for argument in node.args + node.kwonlyargs]


@pytest.mark.parametrize("package", PACKAGES)
def test_few_names_say_nothing(package: str) -> None:
    """A reader cannot guess what `found` or `one` holds."""
    names = [name.strip("_") for tree in trees(package).values() for name in local_names(tree)]
    vague = Counter(name for name in names if name in VAGUE)
    assert vague.total() <= MOST_VAGUE * len(names), vague.most_common()


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_can_be_taken_in_at_a_glance(package: str) -> None:
    """A folder of fifty files is a heap."""
    sizes = Counter(path.parent for path in trees(package) if path.name != "__init__.py")
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_class_names_are_unique() -> None:
    """Two classes of one name are confused in every conversation."""
    homes = defaultdict(set)
    for package in PACKAGES:
        for path, tree in trees(package).items():
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].add(path)
    assert {name: sorted(paths) for name, paths in homes.items() if len(paths) > 1} == {}
