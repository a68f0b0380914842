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
    """Refuse a log that could not be written, before anything long begins.

    Raises
    ------
    InvalidFile
        If the extension says no format, or the folder is not there.
    """
    if not path.name.lower().endswith(FORMATS):
        raise InvalidFile(path, "", "a contact log is CSV or Parquet", f"end the name with {', '.join(FORMATS)}")
    if not path.absolute().parent.is_dir():
        raise InvalidFile(path, "", f"there is no folder {path.parent}", "make it, or choose another")


def write_log(results: Results, path: Path) -> None:
    """Write one row per contact; replications follow each other, numbered from 0.

    The engine plays the tapes once more: equal seeds give equal logs, and nothing large is kept in memory.

    Raises
    ------
    InvalidFile
        If the file cannot be written.
    """
    try:
        if path.name.lower().endswith(".parquet"):
            _write_parquet(_frames(results), path)
            return
        for at, one in enumerate(_frames(results)):
            disarmed(one).to_csv(path, mode="a" if at else "w", header=not at, index=False)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise InvalidFile(path, "", f"cannot be written: {problem}", "choose another place") from None


def _frames(results: Results) -> Iterator[pd.DataFrame]:
    engine = Experiment(results.replications).engine_for(results.scenario)
    for replication in range(results.replications):
        one = frame(play(results.scenario, results.seed, replication, engine), results.scenario)
        one.insert(0, "replication", replication)
        yield one


def _write_parquet(frames: Iterator[pd.DataFrame], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    writer = None
    for one in frames:
        part = pa.Table.from_pandas(one, preserve_index=False, schema=writer.schema if writer else _schema(one))
        writer = writer or parquet.ParquetWriter(path, part.schema)
        writer.write_table(part)
    if writer:
        writer.close()


def _schema(one: pd.DataFrame) -> object:
    """The columns with the types that they always have, whether or not the first replication fills them."""
    import pyarrow as pa

    texts = {"type", "channel", "group", "outcome"}
    inferred = pa.Schema.from_pandas(one, preserve_index=False)
    return pa.schema([pa.field(f.name, pa.string() if f.name in texts else f.type) for f in inferred])
