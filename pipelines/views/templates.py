"""The jinja2 environment of every view: templates under `templates/`, autoescape always on."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.views import format
from pipelines.views.colours import COLOURS, css_class

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
ENVIRONMENT.filters |= {
    "clock": format.clock,
    "count_clips": format.count_clips,
    "css_class": css_class,
    "fixed": format.fixed,
    "initials": lambda label: COLOURS[label].initials,
    "rounded": format.rounded,
    "seconds": format.seconds,
    "span": format.span,
    "tier_title": format.tier_title,
    "title_of": format.title_of,
}


def render(template: str, **values: object) -> str:
    """HTML of a template; a value is escaped unless the template marks it as `safe`.

    Raises jinja2.UndefinedError if the template needs a value that is not given.
    """
    return ENVIRONMENT.get_template(template).render(values).strip()


def macro(template: str, name: str, *values: object) -> str:
    """HTML of one macro of a template, for a part that is sent by itself, such as a cell of a lane."""
    return str(getattr(ENVIRONMENT.get_template(template).module, name)(*values)).strip()
