"""Tests for mnist_kmeans.basics.parallel."""

import threading

import pytest

from mnist_kmeans.basics.parallel import parallel_map


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_gives_the_results_in_the_order_of_the_parts(threads, count):
    with parallel_map(threads) as each:
        for _ in range(3):  # the same threads serve again
            assert list(each(lambda part: part * part, range(count))) == [
                i * i for i in range(count)
            ]


def test_all_threads_work_at_the_same_time_and_the_calling_one_is_among_them():
    meeting, present = threading.Barrier(3), set()

    def work(_):
        meeting.wait(timeout=60)  # until three are here
        present.add(threading.get_ident())

    with parallel_map(3) as each:
        list(each(work, range(3)))
    assert len(present) == 3 and threading.get_ident() in present


@pytest.mark.parametrize("caller_fails", [True, False])
def test_after_a_failure_no_other_part_is_begun_and_it_is_raised(caller_fails):
    """The calling thread and another one begin with a part each; one of the two fails."""
    caller, meeting, begun, ended = (
        threading.get_ident(),
        threading.Barrier(2),
        [],
        threading.Event(),
    )

    class Parts(list):
        def __iter__(self):
            yield from super().__iter__()
            ended.set()

    def work(part):
        begun.append(part)
        meeting.wait(timeout=60)
        if (threading.get_ident() == caller) == caller_fails:
            raise ZeroDivisionError
        ended.wait(timeout=60)

    with pytest.raises(ZeroDivisionError), parallel_map(2) as each:
        each(work, Parts(range(20)))
    assert sorted(begun) == [0, 1]
