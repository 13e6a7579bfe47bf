"""Where there is no RabbitMQ, the torture says which scenarios it has not run, and why."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.scenarios.programs import ROOT
from benchmarks.torture import ASKED, TURNS, WITH_RABBITMQ, WITH_STRIPE, WITH_WORKERS, Broker


def played(report: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The program on a machine whose PATH has nothing of RabbitMQ's."""
    command = [sys.executable, "-m", "benchmarks.torture", "--report", str(report), *options]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": "nothing-here"}, capture_output=True, text=True)


def test_a_scenario_that_could_not_be_played_stands_in_the_report(tmp_path: Path):
    (name,) = WITH_RABBITMQ
    ended = played(tmp_path / "report.json", "--only", name)
    assert ended.returncode == 0, ended.stderr
    assert f"{name}, RabbitMQ: NOT RUN." in ended.stdout
    (outcome,) = msgspec.json.decode((tmp_path / "report.json").read_bytes())
    assert (outcome["broker"], outcome["runs"], outcome["violations"]) == (Broker.RABBITMQ, 0, 0)
    assert "not installed" in outcome["not_run"]


def test_who_asks_for_rabbitmq_and_has_none_is_refused(tmp_path: Path):
    ended = played(tmp_path / "report.json", "--only", next(iter(WITH_RABBITMQ)), "--broker", "private")
    assert ended.returncode == 1
    assert "not installed" in ended.stderr
    assert not (tmp_path / "report.json").exists()


def test_every_scenario_with_workers_is_played_in_memory_and_on_rabbitmq():
    on = {broker: {name for name, at, _, _ in TURNS if at is broker} for broker in Broker}
    assert on[Broker.MEMORY] == {*WITH_STRIPE, *WITH_WORKERS}
    assert on[Broker.RABBITMQ] == {*WITH_WORKERS, *WITH_RABBITMQ}
    assert not on[Broker.NONE] & on[Broker.RABBITMQ]
    assert set().union(*ASKED.values()) == set(Broker)
