"""Walks through New Channel as a browser would: one step after the other, each with what is entered there."""

FBM = {
    "checks": {"marketplace_id": "A1F83G8C2ARO7P", "go": "next"},
    "general": {
        "name": "UK FBM",
        "enabled": "on",
        "start_date": "2026-11-17",
        "order_ref_format": "{0}",
        "dont_import_orders": "on",
    },
    "specific": {
        "region": "EU",
        "marketplace_id": "A1F83G8C2ARO7P",
        "use_amazon_sku": "on",
        "import_fba_orders": "no_fba",
    },
    "options": {},
    "save": {},
}


def begin(client, kind="fbm", query=""):
    """The key of a draft that was just begun."""
    answer = client.get(f"/channels/new/{kind}/{query}")
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].split("/")[3]


def walk(client, key, until=None, **changes):
    """Sends each step with `changes` by step; stops behind `until`. Returns the last answer."""
    answer = None
    for step, form in FBM.items():
        answer = client.post(f"/channels/new/{key}/{step}/", {**form, **changes.get(step, {})})
        if step == until or answer.status_code != 302:
            return answer
    return answer
