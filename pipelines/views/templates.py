"""The jinja2 environment of every view: templates under `templates/`, autoescape always on."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def render(template: str, **values: object) -> str:
    """HTML of a template; every value is escaped unless it is `markupsafe.Markup`.

    Raises jinja2.UndefinedError for a value that the template names and nobody gave.
    """
    return ENVIRONMENT.get_template(template).render(values)
