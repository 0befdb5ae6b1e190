"""The house keeps its own rules: floors and rooms, what may be imported where, sizes, words."""

import ast
import re
import statistics
import sys
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("encodings", "zoo", "pipelines", "app")  # an import goes down or stays
MOST_ROOMS, MOST_FLOORS = 20, 10
MOST_LINES, MOST_APP_LINES, MOST_README_LINES = 300, 79, 150
MOST_FUNCTION_LINES, MEDIAN_FUNCTION_LINES, MOST_PARAMETERS = 60, 10, 6
LEAST_KEYWORD_FIELDS = 4  # dataclasses of so many fields are built by keyword alone
TORCH_ROOMS = ("zoo/encoders/", "zoo/heads/", "zoo/pixels.py", "pipelines/training/")
HEAVY = {"torch", "transformers", "accelerate", "sentence_transformers", "xgboost", "bitsandbytes"}
# Words of an earlier vocabulary of this project, for which the field has terms.  “settled” is a key of the
# JSON and a column of the tables, where it stands in quotation marks.
DIALECT = re.compile(
    r"\b(settles?|aside|desks?|told|spoken|heard|likeliest|passages?|shelf|findings)\b"
    r"|(?<![“\"])\bsettled\b(?![”\"])"
)
MARKUP = re.compile(r"</?(div|span|p|ul|ol|li|table|t[rhd]|button|section|h[1-6]|b|i|img|header|details)\b")
TOP = {
    *("app.py", "requirements.txt", "zoo", "pipelines", "encodings", "examples", "tests", "README.md"),
    *("Makefile", "pyproject.toml", "constraints.txt", "LICENSE", "CONTRIBUTING.md"),
    *(".ci", ".git", ".gitignore", ".gitattributes", ".pre-commit-config.yaml", ".github"),
}
LEFT_BY_TOOLS = {".venv", ".pytest_cache", ".ruff_cache", ".hypothesis", ".gradio", "runs", "__pycache__"}


def python_files(*folders: str) -> dict[str, ast.Module]:
    """The syntax trees of files and folders, by their path from the root."""
    paths = chain.from_iterable([*ROOT.glob(f"{each}.py"), *(ROOT / each).rglob("*.py")] for each in folders)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(paths)}


PRODUCT = python_files(*FLOORS)
TESTS = python_files("tests")


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module_of(name) for name in PRODUCT}


def imports(tree: ast.AST):
    """Every module that is imported anywhere in a tree; of `from package import module`, the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{each.name}" for each in node.names]
            yield from [each for each in inside if each in MODULES] or [node.module]


def imports_at_top(tree: ast.Module):
    """Modules that are imported when this one is; those under `if TYPE_CHECKING` are not."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(ast.Module([node], []))


def functions(trees: dict[str, ast.Module]):
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", node


# Floors and rooms -------------------------------------------------------------------------------


def room_of(module: str) -> str:
    """A file or folder of pipelines/ is a room, and so is each other floor."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "pipelines" else parts[0]


def graph(of) -> dict[str, set[str]]:
    """Which rooms (or modules) import which, themselves left out."""
    below: dict[str, set[str]] = {}
    for name, tree in PRODUCT.items():
        here = of(module_of(name))
        there = {of(each) for each in imports(tree) if each in MODULES}
        below.setdefault(here, set()).update(there - {here})
    for packages in (below, *below.values()):
        packages.pop("pipelines", None) if isinstance(packages, dict) else packages.discard("pipelines")
    return below


def circle_in(below: dict[str, set[str]]) -> list[str]:
    """A way that leads back to where it began; empty if there is none."""
    done: set[str] = set()

    def visit(one: str, way: tuple[str, ...]) -> list[str]:
        if one in way:
            return [*way[way.index(one) :], one]
        if one not in done:
            for other in sorted(below.get(one, ())):
                if found := visit(other, (*way, one)):
                    return found
            done.add(one)
        return []

    return next(filter(None, (visit(one, ()) for one in sorted(below))), [])


@pytest.mark.parametrize("name", PRODUCT)
def test_imports_go_down(name):
    floor = FLOORS.index(module_of(name).split(".")[0])
    for imported in imports(PRODUCT[name]):
        root = imported.split(".")[0]
        assert root not in FLOORS or FLOORS.index(root) <= floor, f"{name} imports {imported} above it"


def package_of(module: str) -> str:
    """The folder that a module lies in."""
    is_package = (ROOT / module.replace(".", "/")).is_dir()
    return module if is_package else module.rpartition(".")[0] or module


def test_no_circle_of_modules():
    assert not circle_in(graph(lambda module: module))


def test_no_circle_of_rooms_and_few_of_them_on_few_floors():
    below = graph(room_of)
    assert not circle_in(below)

    @cache
    def floor(room: str) -> int:
        return 1 + max((floor(each) for each in below[room]), default=0)

    assert len(below) <= MOST_ROOMS
    assert max(map(floor, below)) <= MOST_FLOORS


@pytest.mark.parametrize("folder", ["zoo", "pipelines.training", "pipelines.datasets.rendered"])
def test_no_circle_of_folders_inside_the_large_rooms(folder):
    depth = folder.count(".") + 2
    below = graph(lambda module: ".".join(module.split(".")[:depth]))
    inside = {each: below[each] & below.keys() for each in below if each.startswith(f"{folder}.")}
    assert not circle_in(inside)


@pytest.mark.parametrize("name", PRODUCT)
def test_gradio_is_the_pages_alone(name):
    roots = {each.split(".")[0] for each in imports(PRODUCT[name])}
    assert name == "app.py" or name.startswith("pipelines/page/") or not roots & {"gradio", "spaces"}


@pytest.mark.parametrize("name", [name for name in PRODUCT if not name.startswith(TORCH_ROOMS)])
def test_model_libraries_are_imported_late(name):
    roots = {each.split(".")[0] for each in imports_at_top(PRODUCT[name])}
    assert not roots & HEAVY, f"{name} imports {roots & HEAVY} at its top"


def test_no_tab_imports_another():
    tabs = {f"pipelines.page.{each}" for each in ("recognise", "compare", "zoo")}
    for name in ("recognise", "compare", "zoo"):
        assert not set(imports(PRODUCT[f"pipelines/page/{name}.py"])) & (tabs - {f"pipelines.page.{name}"})


# Sizes ------------------------------------------------------------------------------------------


def test_functions_are_short():
    sizes = {name: node.end_lineno - node.lineno + 1 for name, node in functions(PRODUCT)}
    assert statistics.median(sizes.values()) <= MEDIAN_FUNCTION_LINES
    assert not {name: size for name, size in sizes.items() if size > MOST_FUNCTION_LINES}


def test_functions_have_few_parameters():
    def count(node: ast.FunctionDef) -> int:
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        return len([each for each in given if each.arg not in {"self", "cls"}])

    counts = {name: count(node) for name, node in functions(PRODUCT) if not is_verb(node)}
    assert not {name: number for name, number in counts.items() if number > MOST_PARAMETERS}


def is_verb(node: ast.FunctionDef) -> bool:
    """Whether a function is a verb of the command line, whose options are its parameters."""
    called = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    return any(isinstance(each, ast.Attribute) and each.attr == "command" for each in called)


@pytest.mark.parametrize("name", [*PRODUCT, *TESTS])
def test_files_are_short(name):
    most = MOST_APP_LINES if name == "app.py" else MOST_LINES
    assert (ROOT / name).read_text("utf-8").count("\n") <= most


def test_the_readme_is_short():
    assert (ROOT / "README.md").read_text("utf-8").count("\n") <= MOST_README_LINES


@pytest.mark.parametrize("name", PRODUCT)
def test_nouns_of_several_fields_are_built_by_keyword(name):
    for node in ast.walk(PRODUCT[name]):
        if isinstance(node, ast.ClassDef):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            fields = sum(isinstance(each, ast.AnnAssign) for each in node.body)
            is_noun = any(each.startswith("dataclass") for each in decorators)
            if is_noun and fields >= LEAST_KEYWORD_FIELDS:
                assert "kw_only=True" in decorators[0], f"{name}: {node.name} has {fields} fields"


# Words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRODUCT)
def test_modules_and_public_names_say_what_they_are_for(name):
    tree = PRODUCT[name]
    assert ast.get_docstring(tree), f"{name} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}: {node.name} has no docstring"


@pytest.mark.parametrize("name", PRODUCT)
def test_the_fields_words(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert not {number: line.strip() for number, line in enumerate(lines, 1) if DIALECT.search(line)}


@pytest.mark.parametrize("name", PRODUCT)
def test_html_comes_from_templates(name):
    texts = [each.value for each in ast.walk(PRODUCT[name]) if isinstance(each, ast.Constant)]
    assert not [each for each in texts if isinstance(each, str) and MARKUP.search(each)]


# Files ------------------------------------------------------------------------------------------


def test_nothing_else_at_the_top():
    assert {path.name for path in ROOT.iterdir()} <= TOP | LEFT_BY_TOOLS


def test_no_pickles_and_no_large_files():
    for path in [*(ROOT / "zoo").rglob("*"), *(ROOT / "examples").rglob("*")]:
        assert path.suffix not in {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin"}, path
        assert path.is_dir() or path.stat().st_size < 10_000_000, path


def test_every_requirement_is_imported_and_says_why():
    used = {each.split(".")[0] for tree in PRODUCT.values() for each in imports(tree)}
    for line in requirements("requirements.txt"):
        name = re.match(r"[\w-]+", line)[0]
        assert re.search(r"# \w", line), f"{name} does not say why it is there"
        # transformers imports these two itself.
        by_others = name in {"accelerate", "bitsandbytes"}
        assert by_others or imported_as(name) in used, f"{name} is not imported"


def test_every_import_is_required():
    ours = {*FLOORS, "tests", "onnx"}  # onnx only makes a test's weights from a package, by hand
    ours |= {"spaces"}  # a Space brings it, and it is imported only there
    of_product, of_tests = (
        {imported_as(re.match(r"[\w-]+", line)[0]) for line in requirements(name)}
        for name in ("requirements.txt", "tests/requirements.txt")
    )
    for trees, required in ((PRODUCT.values(), of_product), (TESTS.values(), of_product | of_tests)):
        used = {each.split(".")[0] for tree in trees for each in imports(tree)}
        assert used <= required | ours | sys.stdlib_module_names


def requirements(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text().splitlines() if line[:1] not in {"#", ""}]


def imported_as(name: str) -> str:
    spelled = {"opencv-python": "cv2", "scikit-learn": "sklearn", "pillow": "PIL", "pyyaml": "yaml"}
    spelled |= {"python-Levenshtein": "Levenshtein", "pytest-xdist": "xdist", "pympi-ling": "pympi"}
    spelled |= {"pupil-labs-neon-recording": "pupil_labs"}
    return spelled.get(name, name.replace("-", "_"))


def test_our_encodings_share_no_name_with_pythons_own():
    import encodings

    own, ours = encodings.__path__[0], ROOT / "encodings"
    assert not {path.stem for path in Path(own).glob("*.py")} & {path.stem for path in ours.glob("*.py")}
