"""How forms are rendered: Django's own widgets, and a field's group by a template of ours."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template


class FieldGroups(DjangoTemplates):
    """`{{ field.as_field_group }}` is parts/field.html, unless the field names a template of its own."""

    field_template_name = "wharfinger/parts/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("wharfinger/"):
            return get_template(template_name)
        return super().get_template(template_name)
