"""True solutions against what is published about them: on a shop of our own, and on the published data."""

from __future__ import annotations

import hashlib

import pytest

from fondaco.lab.tau import main
from fondaco.lab.tau.data import Action, Task
from fondaco.lab.tau.truth import check
from fondaco.lab.tau.world import Fingerprints, changed_records
from tests.unit.lab.tau.worlds import shop

ADDRESS = {"address1": "", "address2": "", "city": "", "state": "", "country": "", "zip": "1"}


def a_task(*actions: Action) -> Task:
    """Return the task whose published results are what our own shop gives."""
    world = shop()
    for action in actions:
        world.call(action.name, action.arguments)
    changed = changed_records(shop().tables, world.tables)
    return Task(
        task_id=1,
        user_id="mira",
        actions=list(actions),
        db_sha256_after=Fingerprints(shop().tables).of(world.tables, changed),
        db_changed_records=changed,
    )


def looked_up(result: str | None) -> Action:
    return Action("find_user_id_by_email", {"email": "mira@example.com"}, result)


def test_a_true_solution_is_equal_in_results_records_and_hash() -> None:
    cancelled = Action("cancel_pending_order", {"order_id": "#W1", "reason": "mood"}, "Error: invalid reason")

    found = check(shop(), a_task(looked_up("mira"), cancelled), Fingerprints(shop().tables))

    assert (found.calls, found.equal_results, found.refused, found.writes) == (2, 2, 1, 1)
    assert found.records_equal
    assert found.hash_equal
    assert found.differences == ()


def test_another_result_is_told_from_where_it_differs() -> None:
    found = check(shop(), a_task(looked_up("otto")), Fingerprints(shop().tables))

    assert found.equal_results == 0
    assert found.differences == ("find_user_id_by_email: published 'otto', ours 'mira'",)


def test_another_record_and_another_hash_are_noticed() -> None:
    task = a_task(Action("modify_user_address", {"user_id": "mira", **ADDRESS}, "?"))
    published = Task(1, "mira", [], task.db_sha256_after, task.db_changed_records)

    found = check(shop(), published, Fingerprints(shop().tables))

    assert not found.records_equal
    assert not found.hash_equal
    assert found.differences[0].startswith("record users/mira: published")


def test_a_call_that_only_ends_the_run_is_not_carried_out() -> None:
    found = check(shop(), a_task(looked_up(None)), Fingerprints(shop().tables))

    assert (found.calls, found.not_run) == (0, 1)


@pytest.mark.parametrize(
    ("tables", "text"),
    [
        ({"one": {"b": {"y": 1, "x": [2, "z"]}}}, "(('one', (('b', (('x', (2, 'z')), ('y', 1))),)),)"),
        ({"one": {}, "none": {}}, "(('none', ()), ('one', ()))"),
    ],
)
def test_the_hash_is_that_of_nested_tuples_with_their_keys_sorted(
    tables: dict[str, dict[str, dict[str, object]]], text: str
) -> None:
    assert Fingerprints({}).of(tables, tables) == hashlib.sha256(text.encode()).hexdigest()
    assert Fingerprints(tables).of(tables, {}) == hashlib.sha256(text.encode()).hexdigest()


def test_without_data_the_command_says_so_and_ends_with_two(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["truth", "--data", str(tmp_path_factory.mktemp("nothing"))])

    assert code == 2
    assert "--data DIR" in capsys.readouterr().err
