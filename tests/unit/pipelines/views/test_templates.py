"""Templates escape what they are given, and refuse what is missing."""

import pytest
from jinja2 import UndefinedError

from pipelines.views.templates import ENVIRONMENT, render


def test_values_are_escaped():
    assert render("message.html", kind="quiet", text="<b>&'\"") == (
        '<p class="quiet">&lt;b&gt;&amp;&#39;&#34;</p>'
    )


def test_a_missing_value_is_an_error():
    with pytest.raises(UndefinedError):
        render("message.html", kind="quiet")


def test_every_template_compiles():
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)
