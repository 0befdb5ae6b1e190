"""Templates escape what they are given, and refuse what is missing."""

import pytest
from jinja2 import UndefinedError

from pipelines.views.templates import ENVIRONMENT, macro, render


def test_values_are_escaped():
    assert "&lt;b&gt;&amp;&#39;&#34;" in render("gaze.html", warning=False, sentence="<b>&'\"", notes=())


def test_html_is_plain_text_to_its_caller():
    """A string that escapes what is added to it would surprise whoever joins two views."""
    assert type(render("gaze.html", warning=False, sentence="", notes=())) is str
    assert type(macro("macros.html", "heading", "")) is str


def test_a_missing_value_is_an_error():
    with pytest.raises(UndefinedError):
        render("gaze.html")


def test_every_template_compiles():
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)
