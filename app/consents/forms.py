"""The form that records a family's signed permission."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app.consents.elements import ELEMENTS


class OneOfSeveral(widgets.CheckboxInput):  # type: ignore[misc]
    """A box of a list: "required" on each would ask for all of them, where one is enough."""

    validation_attrs = ["disabled"]  # noqa: RUF012 - as WTForms has it


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Several choices, as a list of checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = OneOfSeveral()


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """What was signed, by whom, when, until when, for which records and why."""

    signed_by = StringField("Who signed", validators=[DataRequired(), Length(max=120)])
    relation = StringField("Relation to the student", validators=[DataRequired(), Length(max=40)])
    method = RadioField(
        "How",
        choices=[
            SelectChoice("paper", "On paper, kept at the school"),
            SelectChoice("in_person", "In person, in front of me"),
        ],
        default="paper",
        validators=[InputRequired()],
    )
    elements = CheckboxesField(
        "Records that it covers",
        description="Tick what the family allowed, and nothing more.",
        validators=[
            InputRequired("A permission must name the records that it covers: tick at least one.")
        ],
    )
    purpose = TextAreaField(
        "Purpose",
        validators=[DataRequired(), Length(max=1000)],
        default="To get help from community partners for the needs and interests in the plan.",
    )
    signed_on = DateField("Signed on", validators=[InputRequired()])
    expires_on = DateField("Runs out on", validators=[InputRequired()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.elements.choices = [SelectChoice(code, str(label)) for code, label in ELEMENTS.items()]
