"""What a test looks at when all is done."""

from wharfinger.db.models import Problem, SalesOrder


def the_order():
    return SalesOrder.objects.get()


def problems():
    """The kinds of those that are open."""
    return sorted(Problem.objects.filter(solved_at=None).values_list("kind", flat=True))
