"""The house keeps its own rules: floors, circles, where gradio and torch may be, sizes."""

import ast
import re
import statistics
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("encodings", "zoo", "pipelines", "app")  # an import goes down or stays
TORCH_ROOMS = ("zoo/encoders/", "zoo/heads/", "zoo/pixels.py", "pipelines/training/")
HEAVY = {"torch", "transformers", "accelerate", "sentence_transformers", "xgboost", "bitsandbytes"}
PRODUCT = sorted(
    path for floor in FLOORS for path in [*ROOT.glob(f"{floor}.py"), *(ROOT / floor).rglob("*.py")]
)
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in PRODUCT}
TOP = {
    *("app.py", "requirements.txt", "zoo", "pipelines", "encodings", "examples", "tests", "README.md"),
    *("Makefile", "pyproject.toml", "constraints.txt", "LICENSE", "CONTRIBUTING.md"),
    *(".ci", ".git", ".gitignore", ".gitattributes", ".pre-commit-config.yaml", ".github"),
}
LEFT_BY_TOOLS = {".venv", ".pytest_cache", ".ruff_cache", ".hypothesis", ".gradio", "runs", "__pycache__"}


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(tree: ast.AST, nodes=None):
    for node in nodes or ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def at_top(tree: ast.Module):
    """Import statements that run when the module does; those under `if TYPE_CHECKING` do not."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def functions():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("name", TREES)
def test_imports_go_down(name):
    floor = FLOORS.index(module_of(name).split(".")[0])
    for imported in imports(TREES[name]):
        root = imported.split(".")[0]
        assert root not in FLOORS or FLOORS.index(root) <= floor, (
            f"{name} imports {imported}, which is above it"
        )


def test_no_circles():
    modules = {module_of(name) for name in TREES}
    graph = {module_of(name): set(imports(tree)) & modules for name, tree in TREES.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"circle: {' -> '.join((*path, module))}"
        if module not in done:
            for below in graph[module]:
                visit(below, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("name", TREES)
def test_gradio_only_in_app(name):
    roots = {each.split(".")[0] for each in imports(TREES[name])}
    assert name == "app.py" or name.startswith("pipelines/page/") or not roots & {"gradio", "spaces"}


@pytest.mark.parametrize("name", [name for name in TREES if not name.startswith(TORCH_ROOMS)])
def test_model_libraries_are_imported_late(name):
    roots = {each.split(".")[0] for each in imports(TREES[name], at_top(TREES[name]))}
    assert not roots & HEAVY, f"{name} imports {roots & HEAVY} at its top"


def test_functions_are_short():
    sizes = dict(functions())
    assert statistics.median(sizes.values()) <= 10
    assert not {name: size for name, size in sizes.items() if size > 60}


@pytest.mark.parametrize("name", [name for name in TREES if name != "app.py"])
def test_files_are_short(name):
    assert (ROOT / name).read_text().count("\n") <= 300


@pytest.mark.parametrize("name", TREES)
def test_modules_and_public_names_say_what_they_are_for(name):
    tree = TREES[name]
    assert ast.get_docstring(tree), f"{name} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}: {node.name} has no docstring"


def test_nothing_else_at_the_top():
    assert {path.name for path in ROOT.iterdir()} <= TOP | LEFT_BY_TOOLS


def test_no_pickles_and_no_large_files():
    for path in [*(ROOT / "zoo").rglob("*"), *(ROOT / "examples").rglob("*")]:
        assert path.suffix not in {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin"}, path
        assert path.is_dir() or path.stat().st_size < 10_000_000, path


def test_every_requirement_is_imported_and_says_why():
    used = {each.split(".")[0] for tree in TREES.values() for each in imports(tree)}
    for line in requirements("requirements.txt"):
        name = re.match(r"[\w-]+", line)[0]
        assert re.search(r"# \w", line), f"{name} does not say why it is there"
        # transformers imports these two itself.
        by_others = name in {"accelerate", "bitsandbytes"}
        assert by_others or imported_as(name) in used, f"{name} is not imported"


def test_every_import_is_required():
    ours = {*FLOORS, "tests", "onnx"}  # onnx only makes a test's weights from a package, by hand
    tests = [ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("*.py")]
    of_product, of_tests = (
        {imported_as(re.match(r"[\w-]+", line)[0]) for line in requirements(name)}
        for name in ("requirements.txt", "tests/requirements.txt")
    )
    for trees, required in ((TREES.values(), of_product), (tests, of_product | of_tests)):
        used = {each.split(".")[0] for tree in trees for each in imports(tree)}
        assert used <= required | ours | sys.stdlib_module_names


def requirements(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text().splitlines() if line[:1] not in {"#", ""}]


def imported_as(name: str) -> str:
    spelled = {"opencv-python": "cv2", "scikit-learn": "sklearn", "pillow": "PIL", "pyyaml": "yaml"}
    spelled |= {"python-Levenshtein": "Levenshtein", "axe-playwright-python": "axe_playwright_python"}
    return spelled.get(name, name.replace("-", "_"))


def test_our_encodings_share_no_name_with_pythons_own():
    import encodings

    own, ours = encodings.__path__[0], ROOT / "encodings"
    assert not {path.stem for path in Path(own).glob("*.py")} & {path.stem for path in ours.glob("*.py")}
    assert b"" == b""
