"""How people look at lists: their own choices, and views with a name."""

from django.db import models
from django.db.models.functions import Lower

from wharfinger.db.fields import EnumField
from wharfinger.domain.installation.list_views import NAME_AT_MOST, ListCode


class SavedView(models.Model):
    """Filters, sort and columns of a list under a name: of one person, or of all (`user` is null)."""

    list = EnumField(ListCode, max_length=20)
    name = models.CharField(max_length=NAME_AT_MOST)
    user = models.ForeignKey("wharfinger.User", on_delete=models.CASCADE, null=True, related_name="+")
    filters = models.JSONField(default=dict)  # as in the page's address: name → text
    sort = models.CharField(max_length=40, blank=True)  # as in the page's address: "total", "-total"
    columns = models.JSONField(null=True)  # codes in the list's order; null = the usual ones
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("list", "user", Lower("name"), name="one_view_of_a_name", nulls_distinct=False)
        ]


class ListSetting(models.Model):
    """What one person chose for one list; no row = what is usual."""

    user = models.ForeignKey("wharfinger.User", on_delete=models.CASCADE, related_name="+")
    list = EnumField(ListCode, max_length=20)
    page_size = models.PositiveSmallIntegerField(null=True)
    columns = models.JSONField(null=True)  # codes in the list's order
    view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")  # opened first

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="one_setting_of_a_list")]
