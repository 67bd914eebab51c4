"""The family's page, opened by its link without an account; and the staff's side of it."""

from __future__ import annotations

import uuid

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup

from app.clock import utcnow
from app.extensions import db
from app.families import queries, services
from app.recommendations.queries import suggested_activities
from app.security.guard import requires, requires_link, signed_in_actor
from app.security.links import live_link, token_of
from app.security.models import AccessLink
from app.security.policy import Actor
from app.students.models import Student
from app.students.queries import student_by_id, student_for
from app.transactions import commits
from app.web.shell import prefer_language

blueprint = Blueprint("families", __name__, template_folder="templates")


@blueprint.get("/f/<token>")
@requires_link("family", "families.view")
def show_suggestions(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """Activities that fit the child: what, why, when, where, what it costs, what to bring."""
    student = family_student(link)
    picked = tuple(s.service_at_location_id for s in queries.suggestions_of(db.session, student.id))
    return render_template(
        "families/suggestions.html",
        first_name=student.given_name,
        school=student.school.name,
        token=token,
        activities=suggested_activities(
            db.session, student, language=str(get_locale()), now=utcnow(), picked=picked
        ),
        answers={r.service_id: r.answer for r in queries.responses_of(db.session, student.id)},
    )


@blueprint.post("/f/<token>/answers")
@requires_link("family", "families.respond")
@commits
def answer(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """Keep the family's answer to one activity."""
    try:
        place = uuid.UUID(request.form.get("service_at_location_id", ""))
    except ValueError:
        abort(400)
    services.record_answer(
        db.session,
        family_student(link).id,
        place,
        request.form.get("answer", ""),
        by=actor,
        now=utcnow(),
    )
    flash(gettext("Thank you. Your school has your answer."))
    return redirect(  # back to the card that was answered, not to the top of the page
        url_for("families.show_suggestions", token=token, _anchor=f"activity-{place}")
    )


@blueprint.post("/students/<uuid:student_id>/suggestions")
@requires("families.suggest")
@commits
def suggest(student_id: uuid.UUID) -> ResponseReturnValue:
    """Pick an activity for the family to see."""
    try:
        place = uuid.UUID(request.form.get("service_at_location_id", ""))
    except ValueError:
        abort(400)
    services.suggest_to_family(db.session, student_id, place, by=signed_in_actor(), now=utcnow())
    flash("The family will see this among its suggestions.")
    return redirect(url_for("families.show_link", student_id=student_id))


@blueprint.get("/students/<uuid:student_id>/family-link")
@requires("families.invite")
def show_link(student_id: uuid.UUID) -> ResponseReturnValue:
    """The family's link as address and printed code, and what was picked for it."""
    student = student_for(db.session, signed_in_actor(), student_id, action="families.invite")
    link = live_link(db.session, kind="family", subject_id=student.id, now=utcnow())
    address = family_address(link) if link else None
    return render_template(
        "families/link.html",
        student=student,
        link=link,
        address=address,
        code=qr_code(address) if address else None,
        suggestions=queries.suggestions_of(db.session, student.id),
    )


@blueprint.post("/students/<uuid:student_id>/family-link")
@requires("families.invite")
@commits
def invite(student_id: uuid.UUID) -> ResponseReturnValue:
    """Make a fresh link and send it to the guardians who have an address."""
    services.invite_family(db.session, student_id, by=signed_in_actor(), now=utcnow())
    flash("The family's link is ready. Guardians with an e-mail address get it in a message.")
    return redirect(url_for("families.show_link", student_id=student_id))


@blueprint.post("/students/<uuid:student_id>/responses/seen")
@requires("families.suggest")
@commits
def mark_seen(student_id: uuid.UUID) -> ResponseReturnValue:
    """The plan manager has seen the family's answers."""
    services.mark_responses_seen(db.session, student_id, by=signed_in_actor(), now=utcnow())
    return redirect(url_for("students.show_student", student_id=student_id))


def family_student(link: AccessLink) -> Student:
    """The student of the family's link; from here on the page speaks the family's language."""
    student = student_by_id(db.session, link.subject_id)
    prefer_language(student.languages[0] if student.languages else None)
    return student


def family_address(link: AccessLink) -> str:
    """The whole address of a family's link."""
    settings = current_app.extensions["footbridge"].settings
    token = token_of(link, secret=settings.secret_key)
    return str(settings.base_url).rstrip("/") + url_for("families.show_suggestions", token=token)


def qr_code(address: str) -> Markup:
    """The address as a printable code, an SVG with its own words for screen readers."""
    svg = segno.make(address, error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(svg)  # noqa: S704 - segno's own markup; the address is in the modules, not the text
