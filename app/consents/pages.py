"""Pages where a plan manager records a family's permission, or takes it back for them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import district_date, utcnow
from app.consents import queries, services
from app.consents.elements import ELEMENTS
from app.consents.forms import ConsentForm
from app.extensions import db
from app.security.guard import requires, signed_in_actor
from app.students.queries import student_for
from app.transactions import commits

blueprint = Blueprint("consents", __name__, template_folder="templates")


@blueprint.app_template_filter("consent_element")
def consent_element(code: str) -> str:
    """A record's name for people."""
    return str(ELEMENTS.get(code, code))


@blueprint.get("/students/<uuid:student_id>/permissions")
@requires("consents.record")
def list_consents(student_id: uuid.UUID) -> ResponseReturnValue:
    """The permissions of a student, and the form for another."""
    student = student_for(db.session, signed_in_actor(), student_id, action="consents.record")
    today = district_date(utcnow())
    form = ConsentForm(
        signed_on=today,
        expires_on=today + timedelta(days=365),
        signed_by=student.guardians[0].name if student.guardians else "",
        relation=student.guardians[0].relation if student.guardians else "",
    )
    return render_template(
        "consents/list.html",
        student=student,
        form=form,
        consents=queries.consents_of(db.session, student.id),
        today=today,
    )


@blueprint.post("/students/<uuid:student_id>/permissions")
@requires("consents.record")
@commits
def record_consent(student_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a permission."""
    actor = signed_in_actor()
    student = student_for(db.session, actor, student_id, action="consents.record")
    form = ConsentForm()
    if not form.validate():
        page = render_template(
            "consents/list.html",
            student=student,
            form=form,
            consents=queries.consents_of(db.session, student.id),
            today=district_date(utcnow()),
        )
        return page, 422
    services.record_consent(
        db.session,
        student.id,
        elements=form.elements.data or [],
        purpose=form.purpose.data,
        signed_by=form.signed_by.data,
        relation=form.relation.data,
        signed_on=form.signed_on.data,
        expires_on=form.expires_on.data,
        method=form.method.data,
        by=actor,
        now=utcnow(),
    )
    flash("The permission is recorded.")
    return redirect(url_for("students.show_student", student_id=student.id))


@blueprint.post("/students/<uuid:student_id>/permissions/<uuid:consent_id>/revoke")
@requires("consents.record")
@commits
def revoke_consent(student_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """Take a permission back."""
    services.revoke_consent(db.session, student_id, consent_id, by=signed_in_actor(), now=utcnow())
    flash("The permission is taken back. Partners no longer see what it covered.")
    return redirect(url_for("consents.list_consents", student_id=student_id))
