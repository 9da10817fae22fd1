"""Every kind of problem: its page shows it, its remedy names controls, and those who may use them find them there."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.factories.people import olga_the_owner
from tests.sync.orders_world import World
from tests.web.problem_makers import MAKERS

from wharfinger.db.models import AccessEntry, AuditEntry, Problem, User
from wharfinger.db.queries.installation.problems import problem_row
from wharfinger.domain.installation.people import Role, may
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.remedies import REMEDIES, closed_by_word, controls_named
from wharfinger.domain.installation.subjects import AboutLevel, AboutOrder
from wharfinger.operations.installation import problems
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.refusals import Refused
from wharfinger.web.problem_pages import page_of_problem
from wharfinger.web.views.installation.problems import fixed_at

HOW = (
    "Give it its controls in wharfinger/domain/installation/remedies.py (labels as the page says them, "
    "and who may use them), name them in the problem's `remedy` in quotes (“Send again”), give its subject a page in "
    "wharfinger/web/problem_pages.py, and "
    "make it in tests/web/problem_makers.py."
)


class Labels(HTMLParser):
    """What the buttons, links, fields and fold-outs of a page say."""

    NAMED = ("a", "button", "label", "summary")

    def __init__(self, page):
        super().__init__()
        self.found, self.open, self.whole = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in self.NAMED:
            self.open.append([tag, []])
            self.found.add(dict(attributes).get("aria-label", ""))

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            words = " ".join(" ".join(self.open.pop()[1]).split())
            self.found.add(words)

    def handle_data(self, data):
        self.whole.append(data)
        for _, words in self.open:
            words.append(data)

    def has(self, label):
        """Exactly, or followed by what it is about (for those who hear the page)."""
        return any(words == label or words.startswith(f"{label} ") for words in self.found)

    @property
    def text(self):
        return " ".join(" ".join(self.whole).split())


def test_every_kind_has_its_remedy_and_is_made_here():
    made = {kind for kind, _ in MAKERS}
    assert set(ProblemKind) - set(REMEDIES) == set(), HOW
    assert set(ProblemKind) - made == set(), HOW


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "maker"), MAKERS, ids=[maker.__name__ for _, maker in MAKERS])
def test_the_page_shows_the_problem_and_has_its_controls(kind, maker, sign_in, clock):
    olga_the_owner()
    world = World()
    maker(world)
    problem = Problem.objects.filter(kind=kind.value, solved_at=None).get()
    named = controls_named(problem.remedy)
    known = {control.label: control for control in REMEDIES[kind]}
    assert named, f"{kind.value}: its remedy names no control. {HOW}"
    assert set(named) <= set(known), f"{kind.value} names what its entry does not know. {HOW}"
    page, _button = fixed_at(problem_row(problem.pk), User(role=Role.ADMINISTRATOR))
    assert page, f"{kind.value}: no page is named. {HOW}"
    for label in named:
        for role in Role:
            right = known[label].right
            if right is None or may(role, right):
                _look(sign_in, role, page_of_problem(problem_row(problem.pk)) or page, problem, label)


def _look(sign_in, role, page, problem, label):
    AccessEntry.objects.filter(user__username=role.value.lower()).delete()
    User.objects.filter(username=role.value.lower()).delete()
    answer = sign_in(role).get(page)
    assert answer.status_code == 200, f"{page} for {role.value}"
    labels = Labels(answer.content.decode())
    assert " ".join(problem.cause.split()) in labels.text, f"{page} does not show the problem to {role.value}"
    assert labels.has(label), f"{page} has no “{label}” for {role.value}; it has {sorted(labels.found)}"


def test_a_remedy_names_a_control_between_quotes():
    assert controls_named("Press “Count” for this site, or “Receive”.") == ("Count", "Receive")


def test_no_remedy_of_the_sources_names_what_no_kind_knows():
    """Also those that no maker reaches: every quoted label after `remedy` in the operations is somebody's control."""

    labels = {control.label for controls in REMEDIES.values() for control in controls}
    folder = Path(problems.__file__).parent
    for path in folder.glob("*.py"):
        for sentence in re.findall(r'remedy=\(?((?:\s*f?"[^"\n]*")+)', path.read_text()):
            assert set(controls_named(sentence)) <= labels, f"{path.name}: {sentence.strip()}"


@pytest.mark.django_db
class TestMarkedAsDone:
    def test_a_persons_word_closes_it_and_the_same_cause_stays_closed(self, sign_in, clock):
        open_problem(
            ProblemKind.FOREIGN_CURRENCY, AboutOrder(1), cause="In EUR.", remedy="“Mark as done”.", now=clock.now()
        )
        problem = Problem.objects.get()
        answer = sign_in().post(f"/problems/{problem.pk}/done/?next=/sales-orders/")
        assert (answer.status_code, answer["Location"]) == (302, "/sales-orders/")
        problem.refresh_from_db()
        assert problem.solved_at == clock.now()
        assert problem.closed_by.username == "administrator"
        assert AuditEntry.objects.filter(verb="mark as done", noun_id=str(problem.pk)).exists()
        open_problem(ProblemKind.FOREIGN_CURRENCY, AboutOrder(1), cause="In EUR.", remedy="Again.", now=clock.now())
        assert Problem.objects.count() == 1
        open_problem(ProblemKind.FOREIGN_CURRENCY, AboutOrder(1), cause="In SEK.", remedy="Another.", now=clock.now())
        assert Problem.objects.filter(solved_at=None).count() == 1

    def test_what_closes_automatically_is_not_closed_by_word(self, clock):
        assert not closed_by_word(ProblemKind.OVERSOLD)
        open_problem(ProblemKind.OVERSOLD, AboutLevel(1, 1), cause="At -3.", remedy="“Count”.", now=clock.now())
        with pytest.raises(Refused, match="automatically"):
            problems.mark_as_done(Problem.objects.get().pk, now=clock.now(), user=olga_the_owner())

    @pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 302), (Role.WAREHOUSE, 403), (Role.VIEWER, 403)])
    def test_only_those_who_may(self, role, status, sign_in, clock):
        open_problem(
            ProblemKind.FOREIGN_CURRENCY, AboutOrder(1), cause="In EUR.", remedy="“Mark as done”.", now=clock.now()
        )
        assert sign_in(role).post(f"/problems/{Problem.objects.get().pk}/done/").status_code == status
