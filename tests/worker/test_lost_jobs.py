"""A job whose end could not be written ends its worker, which is started again: nothing else would free it."""

import asyncio
import gc
import inspect
from functools import partial

import procrastinate.worker

from wharfinger.worker.app import JOB_TASK, _note_lost_job


async def lost_after(name):
    loop, lost = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(partial(_note_lost_job, lost))

    async def fail():
        raise MemoryError

    task = asyncio.create_task(fail(), name=name)
    await asyncio.wait({task})
    del task
    gc.collect()
    await asyncio.sleep(0)
    return lost.is_set()


def test_the_end_of_a_job_that_was_lost_is_noticed_and_no_other_task():
    assert asyncio.run(lost_after(f"{JOB_TASK} run_flow[117]"))
    assert not asyncio.run(lost_after("engine"))


def test_the_engine_names_the_tasks_of_jobs_so():
    assert f'name=f"{JOB_TASK} ' in inspect.getsource(procrastinate.worker)
