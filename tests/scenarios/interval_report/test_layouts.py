"""Interval reports in documented and usual layouts, each with totals worked out by hand."""

from __future__ import annotations

import io
from datetime import date, time, timedelta
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from scenarios.contact_log.mapping import Mapping
from scenarios.contact_log.records import Records, read_records
from scenarios.errors import InvalidFile
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.mapping import report_mapping_from
from scenarios.interval_report.platforms import LOGS, REPORTS
from scenarios.interval_report.queue_log import contact_log_of
from scenarios.interval_report.reading import IntervalReport, joined, read_report
from scenarios.interval_report.times import MONTH
from scenarios.units import DAY


def read(content: str | bytes, **mapping: Any) -> IntervalReport:
    """The report in a text."""
    raw = content.encode() if isinstance(content, str) else content
    return read_report(raw, report_mapping_from({"name": "own", **mapping}) if mapping else None, "report.csv")


def workbook(**sheets: list[list[Any]]) -> bytes:
    """A workbook of some sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def totals(report: IntervalReport) -> tuple[float, float, float]:
    """Offered, answered, and the AHT weighted by contacts answered, in tenths of a second."""
    table = report.table
    weight = table["answered"].where(table["answered"].notna(), table["offered"])
    known = table["aht"].notna()
    aht = (table["aht"] * weight)[known].sum() / max(weight[known].sum(), 1e-9)
    return float(table["offered"].sum()), float(table["answered"].sum()), round(float(aht), 1)


GERMAN = (
    "Bericht Hotline;;;;\nZeitraum: 02.03.2026;;;;\n\nDatum;Intervall;Angebotene Anrufe;Angenommen;Verloren;"
    "Ø Bearbeitungszeit\n"
    "02.03.2026;08:00-08:30;20;18;2;312,5\n02.03.2026;08:30-09:00;1.024;1.000;24;300,0\nSumme;;1.044;1.018;26;\n"
)
SPANISH = "Fecha,Hora,Cola,Llamadas recibidas,Atendidas,Abandonadas,TMO\n" + "".join(
    f"{day}/03/2026,{clock},Ventas,10,9,1,0:04:00\n" for day in (13, 14) for clock in ("8:00 a.m.", "8:15 p.m.")
)
FRENCH = (
    "Jour;Tranche horaire;File d'attente;Appels reçus;Appels traités;Appels abandonnés;DMT;Taux de service\n"
    "16/03/2026;08:00 à 08:30;Accueil;12;10;2;3m 20s;80 %\n16/03/2026;08:30 à 09:00;Accueil;8;8;0;2m 30s;95 %\n"
    "Total général;;;20;18;2;;\n"
)
RUSSIAN = (
    "Дата;Интервал;Очередь;Поступило;Отвечено;Потеряно;Среднее время обработки\n"
    "02.03.2026;09:00;Продажи;30;27;3;200\n02.03.2026;09:30;Продажи;20;18;2;250\nИтого;;;50;45;5;\n"
)
ARABIC = (
    "التاريخ,الوقت,الطابور,المكالمات الواردة,المجابة,المتروكة,متوسط وقت المعالجة\n"
    "2026-03-01,08:00,المبيعات,15,12,3,240\n2026-03-01,08:30,المبيعات,25,23,2,260\nالإجمالي,,,40,35,5,\n"
)


@pytest.mark.parametrize(
    "content, expected",
    [
        (GERMAN.encode("cp1252"), (1044, 1018, 300.2)),  # (18 x 312.5 + 1000 x 300) / 1018
        (SPANISH.encode(), (40, 36, 240.0)),
        (FRENCH.encode(), (20, 18, 177.8)),  # (10 x 200 + 8 x 150) / 18
        (RUSSIAN.encode("cp1251"), (50, 45, 220.0)),  # (27 x 200 + 18 x 250) / 45
        (ARABIC.encode("cp1256"), (40, 35, 253.1)),  # (12 x 240 + 23 x 260) / 35
        (ARABIC.encode("utf-16"), (40, 35, 253.1)),
    ],
)
def test_reports_in_six_languages_and_five_encodings(content: bytes, expected: tuple[float, float, float]):
    """A row of sums counted as an interval would double the contacts."""
    assert totals(read(content)) == expected


GENESYS = (
    "Interval Start,Interval End,Interval Complete,Filters,Media Type,Queue Id,Queue Name,Offer,Answer,Abandon,"
    "Abandon %,ASA,Avg Talk,Avg Hold,Avg ACW,Avg Handle,Total Handle\n"
    "2026-03-02T08:00:00.000+01:00,2026-03-02T08:30:00.000+01:00,true,,voice,7f-1,Sales,20,18,2,10,12500,200000,10000,"
    "40000,250000,4500000\n"
    "2026-03-02T08:30:00.000+01:00,2026-03-02T09:00:00.000+01:00,true,,voice,7f-1,Sales,30,30,0,0,8000,210000,15000,"
    "35000,260000,7800000\n"
)
AVAYA = (
    "Split/Skill Summary Interval\nDate:,03/16/2026\nSplit/Skill:,Sales\n"
    "Time,Avg Speed Ans,Avg Aban Time,ACD Calls,Avg ACD Time,Avg ACW Time,Aban Calls,Max Delay,% Within Service Level,"
    "Avg Pos Staff\n"
    "Totals,:12,:45,45,3:20,:30,5,2:05,81,11.0\n"
    "8:00AM-8:30AM,:10,:40,20,3:20,:20,2,1:05,85,10.5\n8:30AM-9:00AM,:14,:48,25,3:40,:38,3,2:05,78,11.5\n"
)
UCCX = (
    "CSQ Name,Interval Start Time,Interval End Time,Calls Presented,Avg Queue Time,Max Queue Time,Calls Handled,"
    "Avg Speed of Answer,Avg Handle Time,Max Handle Time,Calls Abandoned,Avg Time to Abandon\n"
    "Support,3/16/26 8:00:00 AM,3/16/26 8:30:00 AM,14,00:00:20,00:01:30,12,00:00:15,00:05:00,00:12:11,2,00:00:50\n"
    "Support,3/16/26 8:30:00 AM,3/16/26 9:00:00 AM,10,00:00:10,00:00:40,10,00:00:10,00:04:00,00:09:01,0,00:00:00\n"
)
FIVE9 = (
    "SKILL,DATE,HALF HOUR,CALLS count,ABANDONED count,HANDLE TIME,Average HANDLE TIME,Average SPEED OF ANSWER\n"
    "Sales,2026/03/16,08:00,10,0,00:50:00,00:05:00,00:00:09\n"
    "Sales,2026/03/16,08:30,20,0,01:20:00,00:04:00,00:00:11\n"
)
NICE = (
    "Skill Name,Interval,Incoming,Offered,Handled,Abandons,Avg Handle Time,Avg Speed of Answer\n"
    "Billing,2026-03-16 08:00,33,30,28,2,00:03:00,00:00:20\nBilling,2026-03-16 08:15,31,30,29,1,00:04:00,00:00:10\n"
)
AMAZON_CONNECT = (
    "Queue,StartInterval,EndInterval,Contacts queued,Contacts handled,Contacts abandoned,Average handle time,"
    "Average queue answer time,Average queue abandon time\n"
    "Basic,2026-03-16T08:00:00Z,2026-03-16T08:30:00Z,11,10,1,300,12,40\n"
    "Basic,2026-03-16T08:30:00Z,2026-03-16T09:00:00Z,21,20,1,330,15,50\n"
)


@pytest.mark.parametrize(
    "name, content, expected",
    [
        # Genesys Cloud, queue performance by interval: metric definitions (help.mypurecloud.com), and the first columns
        # that public programs reading such exports name (Interval Start to Media Type).
        ("genesys", GENESYS, (50, 48, 256.2)),  # (18 x 250 + 30 x 260) / 48 = 256.25
        # Avaya BCMS/CMS user's manual, header definitions of the split report: 20 x (200+20) + 25 x (220+38) over 45.
        ("avaya", AVAYA, (50, 45, 241.1)),
        # Cisco Unified CCX Historical Reporting Administrator and Developer Guide 9.0(2), CSQ Activity by Interval.
        ("uccx", UCCX, (24, 22, 272.7)),  # (12 x 300 + 10 x 240) / 22
        # Five9, aggregates of a custom report as public programs reading them name them: 7800 s over 30 calls.
        ("five9", FIVE9, (30, 30, 260.0)),
        # NICE CXone help, Campaign Summary by Skill report: Incoming, Offered, Handled.
        ("nice", NICE, (60, 57, 210.5)),  # (28 x 180 + 29 x 240) / 57
        # Amazon Connect Administrator Guide, historical metrics definitions.
        ("amazon-connect", AMAZON_CONNECT, (32, 30, 320.0)),
    ],
)
def test_platforms(name: str, content: str, expected: tuple[float, float, float]):
    """A ready mapping reads the documented layout; without it the words of the header do mostly."""
    assert totals(read_report(content.encode(), REPORTS[name], "report.csv")) == pytest.approx(expected, abs=0.051)
    if name not in ("genesys", "five9"):
        assert totals(read(content, clock="mm:ss")) == pytest.approx(expected, abs=0.051)


def test_milliseconds_are_asked_for():
    """250,000 seconds of handle time are no handle time."""
    rows = "".join(f"2026-03-02 {hour:02d}:00,20,18,2,250000\n" for hour in range(8, 20))
    with pytest.raises(InvalidFile, match="milliseconds"):
        read("Interval,Offered,Answered,Abandoned,AHT\n" + rows)


def test_matrix_of_queues_and_times():
    """Sales 10 + 20 + 30 + 40, Support 1 + 2 + 3 + 4, their total at the right and below left out."""
    content = (
        "Date: 2026-03-02\nQueue,08:00,08:30,09:00,09:30,Total\n"
        "Sales,10,20,30,40,100\nSupport,1,2,3,4,10\nTotal,11,22,33,44,110\n"
    )
    report = read(content)
    assert report.table.groupby("contact type")["offered"].sum().to_dict() == {"Sales": 100, "Support": 10}
    assert report.interval == 1800
    assert any("times across the top" in line for line in report.report.readings)


def test_matrix_of_times_and_dates():
    """Two days across, half-hours down: 5 + 7 and 6 + 8."""
    report = read("Time;02.03.2026;03.03.2026\n08:00;5;6\n08:30;7;8\n")
    days = report.table.groupby(report.table["when"].dt.day)["offered"].sum().to_dict()
    assert days == {2: 12, 3: 14}


def test_matrix_of_times_and_queues():
    """Queues across the top have no word in common; they are taken as queues, and it is said."""
    report = read("Date,Time,Sales,Billing\n2026-03-02,08:00,5,6\n2026-03-02,08:30,7,8\n")
    assert report.table.groupby("contact type")["offered"].sum().to_dict() == {"Billing": 14, "Sales": 12}


def test_groups_of_columns_under_merged_headers():
    """Offered and AHT under each queue, the queue named once above both."""
    sheet = [
        ["Weekly report", "", "", "", "", ""],
        ["", "", "Sales", "", "Billing", ""],
        ["Date", "Time", "Offered", "AHT", "Offered", "AHT"],
        ["2026-03-02", "08:00", 10, 300, 5, 200],
        ["2026-03-02", "08:30", 30, 280, 7, 220],
    ]
    report = read(workbook(Report=sheet))
    assert report.table.groupby("contact type")["offered"].sum().to_dict() == {"Billing": 12, "Sales": 40}
    sales = report.table[report.table["contact type"] == "Sales"]
    assert (sales["aht"] * sales["offered"]).sum() / 40 == 285  # (10 x 300 + 30 x 280) / 40


def test_tables_below_each_other():
    """Each queue has a title and a header of its own; 10 + 12 and 5 + 6."""
    content = (
        "Split/Skill: Sales;;\nDate: 2026-03-02;;\nTime;Calls;Aban Calls\n08:00;10;1\n08:30;12;0\nTotals;22;1\n"
        "Split/Skill: Support;;\nTime;Calls;Aban Calls\n08:00;5;0\n08:30;6;0\nTotals;11;0\n"
    )
    report = read(content)
    assert report.table.groupby("contact type")["offered"].sum().to_dict() == {"Sales": 22, "Support": 11}
    assert "2 tables below each other are read as one" in report.report.readings


STAFFED = (
    "Interval,Calls,Answered,AHT,{header}\n2026-03-02 08:00,20,19,190,{first}\n2026-03-02 08:30,24,22,200,{second}\n"
)


@pytest.mark.parametrize(
    "header, first, second",
    [
        ("Staffed Time", "9000", "10800"),
        ("Staffed Agent Min", "150", "180"),
        ("Agents staffed (min)", "150", "180"),
        ("Logged In Time", "2:30:00", "3:00:00"),
        ("Staff time", "2.5", "3"),
        ("Anmeldezeit (h)", "2.5", "3"),
    ],
)
def test_time_on_duty_becomes_agents(header: str, first: str, second: str):
    """5 agents are 150 minutes of half an hour, 6 are 180; the unit is that of the header, or the one that fits."""
    report = read(STAFFED.format(header=header, first=first, second=second))
    assert report.table["agents"].tolist() == [5, 6]


def test_agents_who_could_not_have_done_the_work_are_suspicious():
    """Work of (19 x 190 + 22 x 200) s was not done in 5,400 s."""
    report = read(STAFFED.format(header="Agents", first="1", second="2"))
    assert [found.issue for found in report.report.suspicions] == ["the agents do not fit the work"]
    assert "148%" in report.report.suspicions[0].evidence  # (19 * 190 + 22 * 200) s of 5,400 s
    assert not read(STAFFED.format(header="Agents", first="5", second="6")).report.suspicions


def test_minutes_in_a_header_are_a_unit():
    """AHT (min) of 5.2 is 312 s."""
    report = read("Date,Calls,AHT (min)\n2026-03-02,200,5.2\n2026-03-03,200,5.0\n")
    assert report.table["aht"].tolist() == [312, 300]


@pytest.mark.parametrize(
    "content, offered",
    [
        ("date,hour,calls\n2026-03-02,8,20\n2026-03-02,9,25\n", 45),
        ("Date;Heure;Appels reçus\n16/03/2026;8h00;12\n16/03/2026;8h30;14\n", 26),
        ("Row Labels,Sum of Offered\n2026-03-02 08:00,10\n2026-03-02 08:30,12\nGrand Total,22\n", 22),
        ("التاريخ,الوقت,عدد المكالمات\n٢٠٢٦-٠٣-٠١,٠٨:٠٠,١٥\n٢٠٢٦-٠٣-٠١,٠٨:٣٠,٢٥\n", 40),
        ("interval_start,queue,offered\n1772438400000,S,10\n1772440200000,S,12\n", 22),
        ("Interval,Calls\n3/14/2026 8:00 AM - 8:30 AM,20\n3/14/2026 8:30 AM - 9:00 AM,25\n", 45),
        ("Queue,Interval,Offered\nSales,2026-03-02 08:00,10\nSales Total,,10\nB,2026-03-02 08:00,5\nB Total,,5\n", 15),
        ("Fecha;Llamadas entrantes;TMO (seg)\n16/03/2026;1.234;245,5\n17/03/2026;998;240,1\n", 2232),
        ("Date," + ",".join(map(str, range(24))) + "\n2026-03-02" + ",1" * 24 + "\n2026-03-03" + ",2" * 24 + "\n", 72),
    ],
)
def test_further_layouts(content: str, offered: float):
    """Hours as numbers, 8h00, pivot tables, Arabic digits, epochs, ranges, sums by queue, thousands, a row a day."""
    assert read(content).table["offered"].sum() == offered


def test_dates_times_and_durations_of_excel():
    """Cells that hold dates, times and durations are read as such: 20 + 30, AHT 300 s."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("March")
        forms = [book.add_format({"num_format": form}) for form in ("dd/mm/yyyy", "hh:mm", "[h]:mm:ss")]
        sheet.write_row(0, 0, ["Date", "Interval", "Calls Offered", "AHT"])
        for row, (clock, offered) in enumerate(((time(8), 20), (time(8, 30), 30)), start=1):
            sheet.write_datetime(row, 0, date(2026, 3, 2), forms[0])
            sheet.write_datetime(row, 1, clock, forms[1])
            sheet.write_number(row, 2, offered)
            sheet.write_datetime(row, 3, timedelta(seconds=300), forms[2])
    report = read(out.getvalue())
    assert report.table["when"].tolist() == [pd.Timestamp("2026-03-02 08:00"), pd.Timestamp("2026-03-02 08:30")]
    assert (report.table["offered"].sum(), report.table["aht"].tolist()) == (50, [300, 300])


def test_a_sheet_for_each_day_with_a_cover():
    """The name of a sheet tells its day; a cover without a table is left out and named."""
    sheets = {f"2026-03-0{day}": [["Interval", "Calls"], ["08:00", day], ["08:30", 10]] for day in (2, 3)}
    report = read(workbook(Cover=[["Prepared for planning"]], **sheets))
    assert report.table.groupby(report.table["when"].dt.day)["offered"].sum().to_dict() == {2: 12, 3: 13}
    assert any("Cover" in line for line in report.report.readings)


def test_a_sheet_for_each_queue():
    """Sheets that are not called by days are queues."""
    rows = [["Date", "Interval", "Calls"], ["2026-03-02", "08:00", 4], ["", "08:30", 6]]
    report = read(workbook(Sales=rows, Billing=rows))
    assert report.table.groupby("contact type")["offered"].sum().to_dict() == {"Billing": 10, "Sales": 10}


def test_daily_totals():
    """A row a day is a history of days."""
    report = read("Day,Calls\n2026-03-02,120\n2026-03-03,130\n2026-03-04,125\n")
    assert (report.interval, report.table["offered"].sum()) == (DAY, 375)


@pytest.mark.parametrize(
    "content",
    [
        "Day,Calls\n2026-01-01,3000\n2026-02-01,2800\n2026-03-01,3100\n",
        "Month,Calls\n2026-01,3000\n2026-02,2800\n2026-03,3100\n",
        "Mes;Llamadas\nenero 2026;3.000\nfebrero 2026;2.800\nmarzo 2026;3.100\nTotal;8.900\n",
        "Месяц;Звонки\nянварь 2026;3000\nфевраль 2026;2800\nмарт 2026;3100\n",
        "Monat;Anrufe\nJan 26;3000\nFeb 26;2800\nMrz 26;3100\n",
    ],
)
def test_monthly_totals(content: str):
    """A row a month: 3000 + 2800 + 3100; a point that groups thousands is no decimal point."""
    report = read(content)
    assert (report.interval, report.table["offered"].sum()) == (MONTH, 8900)
    assert report.table["when"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_numbers_with_three_decimals_that_are_all_0_are_no_thousands():
    """12.000 and 15.000 are twelve and fifteen."""
    assert read("Date,Calls\n2026-03-02,12.000\n2026-03-03,15.000\n").table["offered"].sum() == 27


def test_sheets_called_by_months_are_no_queues():
    """100 in January and 120 in February, of one contact type."""
    sheets = (("Jan", 1, 100), ("Februar", 2, 120))
    rows = {name: [["Date", "Calls"], [f"2026-0{month}-05", calls]] for name, month, calls in sheets}
    assert read(workbook(**rows)).table["contact type"].unique().tolist() == ["contacts"]


def test_three_dates_across_the_top():
    """1 + 4, 2 + 5 and 3 + 6, their sums left out."""
    report = read("Time,3/16/2026,3/17/2026,3/18/2026,Total\n08:00,1,2,3,6\n08:30,4,5,6,15\nTotal,5,7,9,21\n")
    assert report.table.groupby(report.table["when"].dt.day)["offered"].sum().to_dict() == {16: 5, 17: 7, 18: 9}


def test_abbreviated_means_and_means_of_talk():
    """A Russian header with an abbreviation, and Spanish talk and wrap-up of 200 + 30 and 240 + 20."""
    russian = "Дата;Время;Поступило;Принято;Потеряно;Ср. время обработки, сек\n02.03.2026;09:00;30;27;3;200\n"
    assert totals(read(russian + "02.03.2026;09:30;20;18;2;250\n")) == (50, 45, 220.0)
    spanish = (
        "Fecha;Franja horaria;Llamadas ofrecidas;Llamadas contestadas;Llamadas abandonadas;"
        "Tiempo medio de conversación;Tiempo medio ACW\n"
        "16/03/2026;09:00 - 09:30;12;11;1;00:03:20;00:00:30\n16/03/2026;09:30 - 10:00;20;18;2;00:04:00;00:00:20\n"
    )
    assert totals(read(spanish)) == (32, 29, 248.6)  # (11 x 230 + 18 x 260) / 29


def test_halves_of_the_day_in_arabic():
    """08:00 before noon, and 01:30 after it."""
    content = "التاريخ;الساعة;المكالمات الواردة\n16/03/2026;08:00 ص;15\n16/03/2026;01:30 م;25\n"
    assert read(content.encode("cp1256")).table["when"].dt.strftime("%H:%M").tolist() == ["08:00", "13:30"]


def test_a_day_and_a_month_by_name_with_dashes():
    """02-Mar-2026 09:00 is a time."""
    assert read("Start,Calls\n02-Mar-2026 09:00,5\n02-Mar-2026 09:30,6\n").table["offered"].sum() == 11


def test_hours_as_two_numbers():
    """8-9 is the hour from eight, 23-24 the last of the day."""
    report = read("Date,Hour,Calls\n2026-03-02,8-9,10\n2026-03-02,9-10,20\n2026-03-02,23-24,5\n")
    assert (report.table["offered"].sum(), report.interval) == (35, 3600)
    assert report.table["when"].dt.hour.tolist() == [8, 9, 23]


def test_days_without_a_year_are_named_as_what_is_missing():
    """The first column of a contact log is not what such a file lacks."""
    with pytest.raises(InvalidFile, match="no column tells the date or the interval"):
        read_export(b"Date,Calls\nMon 3/16,100\nTue 3/17,120\n", name="days.csv")


def test_weekdays_are_refused():
    """They do not tell how many came on a day."""
    with pytest.raises(InvalidFile, match="weekdays"):
        read("Time,Mon,Tue,Wed,Thu,Fri\n08:00,5,6,7,8,9\n08:30,5,6,7,8,9\n")


def test_offsets_and_a_time_zone():
    """08:00 UTC is 09:00 in Berlin in winter and 10:00 in summer."""
    content = "Interval,Calls\n2026-03-02T08:00:00Z,5\n2026-03-02T08:30:00Z,6\n2026-07-02T08:00:00Z,7\n"
    hours = read(content, timezone="Europe/Berlin").table["when"].dt.hour.tolist()
    assert hours == [9, 9, 10]
    assert any("offset" in line for line in read(content).report.readings)


def test_empty_markers_and_answered_alone():
    """NULL is empty; without offered, answered and abandoned are added."""
    content = "Interval,Answered,Abandoned,AHT\n2026-03-02 08:00,5,NULL,200\n2026-03-02 08:30,6,1,NULL\n"
    assert totals(read(content)) == (12, 11, 200.0)


def test_a_sum_of_queues_is_no_queue():
    """All = Sales + Billing in every interval."""
    rows = "".join(f"2026-03-02 08:{m},{q},{n}\n" for m in ("00", "30") for q, n in (("All", 9), ("B", 4), ("S", 5)))
    report = read("Interval,Queue,Calls\n" + rows)
    assert report.table["offered"].sum() == 18
    assert report.report.findings[0].issue == "queue All is the sum of all others"


def test_a_sum_without_a_label():
    """A last row without a time, whose contacts are the sum of those above."""
    report = read("Interval,Calls\n2026-03-02 08:00,5\n2026-03-02 08:30,6\n,11\n")
    assert report.table["offered"].sum() == 11


def test_an_aht_of_0_with_contacts_says_nothing():
    """It is left out of the mean and told."""
    report = read("Interval,Offered,Answered,Abandoned,AHT\n2026-03-02 08:00,5,5,0,0\n2026-03-02 08:30,6,6,0,240\n")
    assert totals(report) == (11, 11, 240.0)
    assert report.report.findings[0].issue.startswith("an AHT of 0")


def test_total_times_are_told_from_means():
    """A column called Handle Time that grows with the contacts is a total: 3000 / 10 and 9000 / 30."""
    content = "Interval,Offered,Answered,Abandoned,Handle Time\n" + "".join(
        f"2026-03-02 {hour:02d}:00,{n},{n},0,{300 * n}\n" for hour, n in ((8, 10), (9, 30), (10, 20), (11, 45))
    )
    assert totals(read(content))[2] == 300.0


def test_overlapping_files():
    """What two files tell alike counts once; what they tell differently is asked for."""
    first = read("Interval,Calls\n2026-03-02 08:00,5\n2026-03-02 08:30,6\n")
    second = read("Interval,Calls\n2026-03-02 08:30,6\n2026-03-02 09:00,7\n")
    assert joined([first, second]).table["offered"].sum() == 18
    contrary = read("Interval,Calls\n2026-03-02 08:30,9\n2026-03-02 09:00,7\n")
    with pytest.raises(InvalidFile, match=r"08:30 is there twice with different figures: 6 and 9 contacts"):
        joined([first, contrary])


def test_a_missing_day_and_a_renamed_queue_are_suspicious():
    """Wednesday the 11th lacks; Old ends on the 15th and New begins on the 16th."""
    rows = [f"2026-03-{day:02d} 08:00,{'Old' if day < 16 else 'New'},{50 + day}\n" for day in range(2, 31) if day != 11]
    odd = {
        str(suspicion.issue): suspicion
        for suspicion in read("Interval,Queue,Calls\n" + "".join(rows)).report.suspicions
    }
    assert odd["a day is missing"].evidence == "Wed 2026-03-11"
    assert "rename: {Old: New}" in odd["a queue seems to have been renamed"].remedy


def test_what_is_no_report_is_refused():
    """The columns that are there are named."""
    with pytest.raises(InvalidFile, match="no row names columns"):
        read("alpha,beta\n1,2\n")
    with pytest.raises(InvalidFile, match="nothing tells the day"):
        read("Interval,Calls\n08:00,5\n08:30,6\n")
    with pytest.raises(InvalidFile, match="there is no column 'Anrufe'"):
        read("Interval,Calls\n2026-03-02 08:00,5\n", offered="Anrufe")


def test_asterisk_queue_log_from_its_table():
    """The realtime table of docs.asterisk.org: one answered after 12 s, in 100 s, one gone after 30 s."""
    log = (
        "time,callid,queuename,agent,event,data1,data2,data3,data4,data5\n"
        "2026-03-02 08:00:00.5,1.1,support,NONE,ENTERQUEUE,,5551,1,,\n"
        "2026-03-02 08:00:12.5,1.1,support,SIP/7,CONNECT,12,2.2,4,,\n"
        "2026-03-02 08:01:52.5,1.1,support,SIP/7,COMPLETECALLER,12,100,1,,\n"
        "2026-03-02 08:05:00.1,1.2,support,NONE,ENTERQUEUE,,5552,1,,\n"
        "2026-03-02 08:05:30.1,1.2,support,NONE,ABANDON,1,1,30,,\n"
    )
    records = read_export(log.encode(), name="queue_log.csv")
    assert isinstance(records, Records)
    assert records.handle[records.answered].tolist() == [100]
    assert records.wait.tolist() == pytest.approx([12, 30])


def test_asterisk_queue_log():
    """Events by docs.asterisk.org, Queue Logs: two answered after 12 and 5 s, in 100 and 60 s, one gone after 30 s."""
    log = (
        "1772438400|1.1|support|NONE|ENTERQUEUE||5551|1\n1772438412|1.1|support|SIP/7|CONNECT|12|2.2|4\n"
        "1772438420|1.3|support|NONE|ENTERQUEUE||5552|1\n1772438450|1.3|support|NONE|ABANDON|1|1|30\n"
        "1772438512|1.1|support|SIP/7|COMPLETECALLER|12|100|1\n1772438520|1.4|support|NONE|ENTERQUEUE||5553|1\n"
        "1772438523|1.4|support|SIP/8|RINGNOANSWER|1000\n1772438525|1.4|support|SIP/7|CONNECT|5|2.3|2\n"
        "1772438585|1.4|support|SIP/7|COMPLETEAGENT|5|60|1\n"
    )
    ours = Mapping(name="ours", arrival="Start", answer="Picked up", timezone="Europe/Berlin")  # columns of other files
    for records in (read_records(contact_log_of(log.encode())), read_export(log.encode(), ours, "queue_log")):
        assert isinstance(records, Records)
        assert (len(records), int(records.answered.sum())) == (3, 2)
        assert sorted(records.handle[records.answered].tolist()) == [60, 100]
        assert records.wait[~records.answered].tolist() == [30]


ZENDESK = (
    "id,created_at,direction,call_group_id,agent_id,customer_id,wait_time,talk_time,hold_time,wrap_up_time,"
    "completion_status\n"
    "1,2026-03-02T08:00:00Z,inbound,7,11,21,10,200,20,30,completed\n"
    "2,2026-03-02T08:05:00Z,inbound,7,,22,45,0,0,0,abandoned_in_queue\n"
    "3,2026-03-02T08:06:00Z,outbound,7,11,23,0,100,0,0,completed\n"
)
TWILIO = (
    "sid,from,to,start_time,duration,status,direction,queue_time\n"
    "CA1,+1,+9,2026-03-02T08:00:00Z,180,completed,inbound,4000\n"
    "CA2,+2,+9,2026-03-02T08:01:00Z,0,no-answer,inbound,9000\n"
)
THREE_CX = (
    "historyid,time-start,time-answered,time-end,from-no,to-dispname\n"
    "1,2026-03-02 08:00:00,2026-03-02 08:00:10,2026-03-02 08:03:10,555,Sales\n"
    "2,2026-03-02 08:01:00,,2026-03-02 08:01:20,556,Sales\n"
)


FIVE9_CALLS = (
    "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,AGENT NAME,DISPOSITION,ANI,CUSTOMER NAME,DNIS,CALL TIME,"
    "BILL TIME (ROUNDED),COST,IVR TIME,QUEUE WAIT TIME,RING TIME,TALK TIME,HOLD TIME,PARK TIME,AFTER CALL WORK TIME,"
    "TRANSFERS,CONFERENCES,HOLDS,ABANDONED,RECORDINGS\n"
    '1,"Mon, 02 Mar 2026 08:00:00",Sales,Inbound,a@x,A,Sale,555,,800,00:04:00,00:04:00,0,00:00:08,00:00:12,00:00:03,'
    "00:03:10,00:00:10,00:00:00,00:00:20,0,0,1,0,\n"
    '2,"Mon, 02 Mar 2026 08:05:00",Sales,Inbound,[None],,Abandon,556,,800,00:00:40,00:01:00,0,00:00:10,00:00:30,,'
    "00:00:00,00:00:00,00:00:00,00:00:00,0,0,0,1,\n"
    '3,"Mon, 02 Mar 2026 08:06:00",Sales,Manual,a@x,A,Busy,557,,557,00:00:20,00:01:00,0,00:00:00,00:00:00,,'
    "00:00:20,00:00:00,00:00:00,00:00:00,0,0,0,,\n"
)


@pytest.mark.parametrize(
    "name, content, wait, handle, left",
    [
        # Zendesk developer documentation, Talk API, incremental exports: talk 200 + hold 20.
        ("zendesk", ZENDESK, 10, 220, 45),
        # Five9 Call Log, as public programs that fetch the report show its fields: talk 190 + hold 10.
        ("five9-calls", FIVE9_CALLS, 12, 200, 30),
        # Twilio Call resource: duration in seconds, queue_time in milliseconds.
        ("twilio", TWILIO, 4, 180, 9),
        # 3CX call detail records: time-start, time-answered, time-end.
        ("3cx", THREE_CX, 10, 180, 20),
    ],
)
def test_logs_of_platforms(name: str, content: str, wait: float, handle: float, left: float):
    """One contact answered and one gone in each."""
    records = read_records(content.encode(), LOGS[name], "log.csv")
    assert (len(records), int(records.answered.sum())) == (2, 1)
    assert (records.wait[records.answered].item(), records.handle[records.answered].item()) == (wait, handle)
    assert records.wait[~records.answered].item() == left
