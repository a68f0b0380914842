"""Contact logs whose columns have names of their own: the mapping is proposed, shown, and right."""

from __future__ import annotations

import pytest

from scenarios.contact_log.records import Records
from scenarios.errors import InvalidFile
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.platforms import layout_from

GERMAN = (
    "Anrufliste März\n\nDatum;Uhrzeit;Hotline;Wartezeit;Gesprächszeit;Nacharbeit;Ergebnis;Mitarbeiter\n"
    "16.03.2026;08:00:10;V;0:10;3:20;0:30;angenommen;A1\n16.03.2026;08:10:10;V;0:40;;;aufgelegt;\n"
)
SPANISH = (
    "Fecha;Hora;Cola;Tiempo de espera;Duración;Resultado\n16/03/2026;08:00:10;Ventas;00:00:10;00:03:20;Atendida\n"
    "16/03/2026;08:05:10;Ventas;00:00:40;;Abandonada\n"
)
FRENCH = (
    "Date et heure;File;Temps d'attente;Durée de conversation;Statut;Conseiller\n"
    "16/03/2026 08:00:10;A;10;200;Répondu;B\n16/03/2026 08:10:10;A;40;;Abandonné;\n"
)
RUSSIAN = (
    "Дата и время;Очередь;Время ожидания;Длительность разговора;Статус;Оператор\n"
    "16.03.2026 08:00:10;А;00:00:10;00:03:20;Отвечен;И\n16.03.2026 08:10:10;А;00:00:40;;Пропущен;\n"
)
ARABIC = (
    "التاريخ والوقت,الطابور,وقت الانتظار,مدة المكالمة,الحالة\n"
    "2026-03-16 08:00:10,أ,10,200,تم الرد\n2026-03-16 08:05:10,أ,40,,متروكة\n"
)
STEPS = (
    "ContactId,InitiationTimestamp,Queue,EnqueueTimestamp,ConnectedToAgentTimestamp,DisconnectTimestamp,Agent\n"
    "1,2026-03-16T08:00:00Z,S,2026-03-16T08:00:05Z,2026-03-16T08:00:15Z,2026-03-16T08:03:35Z,A\n"
    "2,2026-03-16T08:10:00Z,S,2026-03-16T08:10:05Z,,2026-03-16T08:10:45Z,\n"
)


@pytest.mark.parametrize(
    "content",
    [
        GERMAN.encode("cp1252"),
        SPANISH.encode(),
        FRENCH.encode("cp1252"),
        RUSSIAN.encode("cp1251"),
        ARABIC.encode("cp1256"),
        ARABIC.encode("utf-16"),
        STEPS.encode(),
    ],
)
def test_logs_in_six_languages(content: bytes):
    """One answered after 10 s and served for 200 s, one gone after 40 s, on 16 March."""
    records = read_export(content, name="log.csv")
    assert isinstance(records, Records)
    assert (records.wait.tolist(), records.answered.tolist()) == ([10, 40], [True, False])
    assert (records.handle[0], records.start.isoformat()) == (200, "2026-03-16")
    assert records.report.readings[0].startswith("columns: ")


def test_an_outcome_that_is_not_known_is_asked_for():
    """A voicemail is neither answered nor abandoned."""
    rows = "2026-03-16 08:00:10;10;200;Answered\n" * 3 + "2026-03-16 08:05:10;40;;Voicemail\n"
    with pytest.raises(InvalidFile, match="say in the mapping which words mean answered"):
        read_export(f"Start;Wait;Talk;Status\n{rows}".encode(), name="log.csv")


def test_too_little_is_not_guessed():
    """A start alone is no contact log."""
    with pytest.raises(InvalidFile, match="no column 'arrival'"):
        read_export(b"Start;Comment\n2026-03-16 08:00;hello\n", name="log.csv")


def test_a_mapping_may_say_how_cells_are_written_alone():
    """A time zone for a log whose columns are recognised, and for one in the generic layout."""
    zone = layout_from({"timezone": "America/New_York"})
    generic = b"arrival,wait,handle\n2026-03-16T08:00:00Z,10,200\n"
    for content in (STEPS.encode(), generic):
        records = read_export(content, zone, "log.csv")
        assert isinstance(records, Records)
        assert records.arrival[0] == 4 * 3600  # 08:00 UTC is 04:00 in New York in March
