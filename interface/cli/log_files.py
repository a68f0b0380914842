"""``ccplan simulate --log``: every contact of every replication, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interface.disarm import disarmed
from scenarios.errors import InvalidFile
from simulator.experiment import Experiment, play
from simulator.logs import frame
from simulator.measure.results import Results

if TYPE_CHECKING:
    import pandas as pd

FORMATS = (".csv", ".csv.gz", ".parquet")


def check_log(path: Path) -> None:
    """Refuse a log file that cannot be written, before anything long starts.

    Raises
    ------
    InvalidFile
        If the format is unknown, or the folder does not exist.
    """
    if not path.name.lower().endswith(FORMATS):
        raise InvalidFile(path, "", "a contact log is CSV or Parquet", f"end the name with {', '.join(FORMATS)}")
    if not path.absolute().parent.is_dir():
        raise InvalidFile(path, "", f"there is no folder {path.parent}", "create it, or choose another")


def write_log(results: Results, path: Path) -> None:
    """Write one row per contact; replications follow each other, numbered from 0.

    The replications are simulated again: equal seeds give equal logs, and nothing large is kept in memory.

    Raises
    ------
    InvalidFile
        If the file cannot be written.
    """
    try:
        if path.name.lower().endswith(".parquet"):
            _write_parquet(_frames(results), path)
            return
        for at, table in enumerate(_frames(results)):
            disarmed(table).to_csv(path, mode="a" if at else "w", header=not at, index=False)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise InvalidFile(path, "", f"cannot be written: {problem}", "choose another folder") from None


def _frames(results: Results) -> Iterator[pd.DataFrame]:
    engine = Experiment(results.replications).engine_for(results.scenario)
    for replication in range(results.replications):
        table = frame(play(results.scenario, results.seed, replication, engine), results.scenario)
        table.insert(0, "replication", replication)
        yield table


def _write_parquet(frames: Iterator[pd.DataFrame], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    writer = None
    for table in frames:
        part = pa.Table.from_pandas(table, preserve_index=False, schema=writer.schema if writer else _schema(table))
        writer = writer or parquet.ParquetWriter(path, part.schema)
        writer.write_table(part)
    if writer:
        writer.close()


def _schema(table: pd.DataFrame) -> object:
    """The columns with fixed types, whether or not the first replication has values in them."""
    import pyarrow as pa

    texts = {"type", "channel", "group", "outcome"}
    inferred = pa.Schema.from_pandas(table, preserve_index=False)
    return pa.schema([pa.field(f.name, pa.string() if f.name in texts else f.type) for f in inferred])
