"""Forms drawn by our own components: `{{ form.name.as_field_group }}`, `{{ form }}`."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Label, hint, error, control, in that order, wherever a field is drawn."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
