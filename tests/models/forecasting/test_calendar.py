"""Special days, looked up in a calendar of 2026."""

from datetime import date

import pytest

from models.forecasting.calendar import CalendarEvent, WorkCalendar, public_holidays
from scenarios.errors import InvalidValue

EASTER = WorkCalendar({date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"}, pay_days=(15, -1))


def test_days_around_holidays():
    """The Tuesday after Easter is not seen as following a holiday, or an ordinary Monday is."""
    assert EASTER.is_after_holiday(date(2026, 4, 7))
    assert EASTER.is_before_holiday(date(2026, 4, 2))
    assert not EASTER.is_after_holiday(date(2026, 4, 13))
    assert EASTER.is_first_of_week(date(2026, 4, 7))
    assert not EASTER.is_first_of_week(date(2026, 4, 6))
    assert not EASTER.is_after_holiday(date(2026, 4, 6))  # a holiday itself


def test_a_friday_after_a_thursday_holiday_is_a_bridge_day():
    """Bridge days are missed, or every Friday is one."""
    calendar = WorkCalendar({date(2026, 5, 14): "Ascension Day"})
    assert calendar.is_bridge_day(date(2026, 5, 15))
    assert not calendar.is_bridge_day(date(2026, 5, 22))


def test_pay_days_move_before_weekends():
    """31 January 2026 is a Saturday and 15 March a Sunday: wages come on the Fridays before."""
    assert EASTER.is_pay_day(date(2026, 1, 30))
    assert not EASTER.is_pay_day(date(2026, 1, 31))
    assert EASTER.is_pay_day(date(2026, 3, 13))
    assert EASTER.is_pay_day(date(2026, 4, 15))
    assert not EASTER.is_pay_day(date(2026, 4, 16))


def test_the_last_pay_day_of_a_short_month():
    """The thirtieth is lost in February."""
    assert WorkCalendar(pay_days=(30,)).is_pay_day(date(2026, 2, 27))  # the 28th is a Saturday


def test_working_days_of_the_month():
    """1 March 2026 is a Sunday, so Monday the 2nd is the first working day and the 31st the last."""
    calendar = WorkCalendar()
    assert calendar.working_day_of_month(date(2026, 3, 2)) == 0
    assert calendar.working_day_of_month(date(2026, 3, 3)) == 1
    assert calendar.working_day_of_month(date(2026, 3, 31)) == -1
    assert calendar.working_day_of_month(date(2026, 3, 30)) == -2


def test_events_are_checked():
    """An event that ends before it begins, or leaves fewer than no contacts, is taken."""
    with pytest.raises(InvalidValue, match="must not end before it begins"):
        CalendarEvent("sale", date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(InvalidValue, match="as a share above -1"):
        CalendarEvent("sale", date(2026, 3, 2), date(2026, 3, 2), size=-1.0)
    with pytest.raises(InvalidValue, match="from 1 to 31, or last"):
        WorkCalendar(pay_days=(32,))


def test_public_holidays_of_a_country_and_a_region():
    """Corpus Christi (4 June 2026) is a holiday in Bavaria and not in Berlin."""
    assert date(2026, 6, 4) in public_holidays("DE-BY", [2026])
    assert date(2026, 6, 4) not in public_holidays("DE-BE", [2026])
    with pytest.raises(InvalidValue, match="give a country as in DE"):
        public_holidays("XX", [2026])
