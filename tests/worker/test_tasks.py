from wharfinger.operations import triggers
from wharfinger.worker.tasks import TASKS


def test_every_trigger_names_a_job_of_the_worker_and_no_job_is_without_a_trigger():
    """Procrastinate accepts an unknown name silently; the job would never run."""
    assert set(triggers.JOBS) == set(TASKS)
