"""Staff pages about students: what needs me now, my students, one student, the district."""

from __future__ import annotations

import uuid
from typing import Any

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.audit.queries import disclosures_of
from app.clock import district_date, utcnow
from app.consents.queries import consents_of
from app.extensions import db
from app.families.queries import responses_of, responses_unseen, suggestions_of
from app.referrals import queries as referrals
from app.security.guard import requires, signed_in_actor
from app.students import queries, services
from app.students.forms import student_filter
from app.students.timeline import student_timeline
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from catalog.taxonomy import UnknownTermError, interests, label, needs
from catalog.vocabulary import INSURANCE_KINDS

blueprint = Blueprint("students", __name__, template_folder="templates")

TODAY_LIMIT = 20


@blueprint.app_template_filter("category")
def category_label(code: str) -> str:
    """The words for a need or an interest, in the page's language; an unknown code as it is."""
    try:
        return label(code, str(get_locale()))
    except UnknownTermError:
        return code


@blueprint.app_template_filter("grade")
def grade_label(grade: int) -> str:
    """A grade as schools write it."""
    return {-1: "PK", 0: "K"}.get(grade, str(grade))


@blueprint.app_template_filter("language_name")
def language_name(code: str) -> str:
    """A language by its name in the page's language; an unknown code as it is."""
    return str((get_locale() or Locale("en")).languages.get(code, code))


@blueprint.app_template_filter("insurance")
def insurance_name(code: str) -> str:
    """A kind of insurance in words; an unknown code as it is."""
    words = INSURANCE_KINDS.get(code)
    return words.en if words else code


@blueprint.app_template_global("support_url")
def support_url(student_id: uuid.UUID, category: str) -> str:
    """Where to find support for a need or an interest."""
    is_interest = category in {t.code for t in interests()}
    asked: dict[str, Any] = {"interest" if is_interest else "need": category}
    return url_for("recommendations.find_support", student_id=student_id, **asked)


@blueprint.get("/today")
@requires("students.read")
def today() -> ResponseReturnValue:
    """What needs the plan manager now."""
    actor = signed_in_actor()
    now = utcnow()
    day = district_date(now)
    due, due_total = queries.students_matching(
        db.session,
        actor,
        queries.StudentFilter(only_mine=True, review_due_by=day),
        limit=5,
        offset=0,
    )
    return render_template(
        "students/today.html",
        today=day,
        family_asked=responses_unseen(db.session, actor, limit=TODAY_LIMIT),
        no_help=referrals.referrals_ended_without_help(
            db.session, actor, now=now, limit=TODAY_LIMIT
        ),
        without_listing=referrals.referrals_without_listing(db.session, actor, limit=TODAY_LIMIT),
        overdue=referrals.referrals_overdue(db.session, actor, on=day, limit=TODAY_LIMIT),
        drafts=referrals.drafts_of(db.session, actor, limit=TODAY_LIMIT),
        due_for_review=due,
        due_total=due_total,
    )


@blueprint.get("/students")
@requires("students.read")
def list_students() -> ResponseReturnValue:
    """My students, with a filter."""
    actor = signed_in_actor()
    day = district_date(utcnow())
    wanted = student_filter(request.args, today=day)
    number = requested_page()
    found, total = queries.students_matching(
        db.session, actor, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "students/list.html",
        page=Page(found, number, total),
        wanted=wanted,
        schools=queries.schools_of(db.session, actor),
        needs=needs(),
        today=day,
    )


@blueprint.get("/students/<uuid:student_id>")
@requires("students.read")
def show_student(student_id: uuid.UUID) -> ResponseReturnValue:
    """One student: the plan, the family, and everything that happened on one timeline."""
    actor = signed_in_actor()
    student = queries.student_for(db.session, actor, student_id)
    made = referrals.referrals_of_student(db.session, student.id)
    answers = responses_of(db.session, student.id)
    consents = consents_of(db.session, student.id)
    disclosures = disclosures_of(db.session, student.id)
    suggestions = suggestions_of(db.session, student.id)
    return render_template(
        "students/show.html",
        student=student,
        referrals=made,
        answers=answers,
        suggestions=suggestions,
        met_by_partner={r.category for r in made if r.outcome == "need_met"},
        consents=consents,
        today=district_date(utcnow()),
        timeline=student_timeline(student, made, answers, consents, disclosures, suggestions),
    )


@blueprint.post("/students/<uuid:student_id>/needs/<category>/met")
@requires("plans.write")
@commits
def mark_need_met(student_id: uuid.UUID, category: str) -> ResponseReturnValue:
    """The plan manager says that a need is met."""
    services.mark_need_met(db.session, student_id, category, by=signed_in_actor(), now=utcnow())
    flash("The need is marked as met.")
    return redirect(url_for("students.show_student", student_id=student_id))


@blueprint.get("/district")
@requires("district.read")
def district() -> ResponseReturnValue:
    """Plans and referrals by school, for the district's team."""
    actor = signed_in_actor()
    day = district_date(utcnow())
    return render_template(
        "students/district.html",
        schools=queries.figures_by_school(db.session, actor, on=day),
        counts=referrals.counts_by_school(db.session, actor),
    )
