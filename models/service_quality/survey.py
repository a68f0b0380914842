"""Surveys of customers: what a survey would say of contacts by zone, its sampling error and its non-response bias.

Satisfaction by zone and the readiness to answer are assumptions. The standard error of a net promoter score is that of
a difference of multinomial shares: sqrt((p + d - (p - d)^2) / n).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scenarios.errors import InvalidValue

NORMAL_95 = 1.96
Shares = tuple[float, float, float]
"""Of green, yellow and red contacts."""


@dataclass(frozen=True)
class SurveyAssumptions:
    """How customers of green, yellow and red contacts would answer, and how many of them answer at all."""

    satisfied: Shares = (0.90, 0.65, 0.20)
    """The share that calls itself satisfied (CSAT, assumption)."""
    promoters: Shares = (0.50, 0.25, 0.05)
    """The share that gives 9 or 10 (assumption)."""
    detractors: Shares = (0.10, 0.30, 0.75)
    """The share that gives 0 to 6 (assumption)."""
    answering: Shares = (0.15, 0.15, 0.15)
    """The share that answers the survey; unequal shares bias what it says (assumption: 15 %)."""

    def __post_init__(self) -> None:
        for name in ("satisfied", "promoters", "detractors", "answering"):
            for share in getattr(self, name):
                if not 0 <= share <= 1:
                    raise InvalidValue(name, share, "give shares from 0 to 1")
        for promoters, detractors in zip(self.promoters, self.detractors, strict=True):
            if promoters + detractors > 1:
                raise InvalidValue("promoters and detractors", promoters + detractors, "they exceed all customers")


@dataclass(frozen=True)
class SurveyOutcome:
    """What all customers think, what the survey finds of it, and by how much a survey of that size varies."""

    answers: float
    csat: float
    csat_found: float
    csat_error: float
    """Half the width of the 95 % interval of the survey, as a share; NaN without answers."""
    nps: float
    """From -1 to 1."""
    nps_found: float
    nps_error: float

    @property
    def nps_bias(self) -> float:
        """What is found less what is true, because some customers answer less often than others."""
        return self.nps_found - self.nps


def survey(zones: Shares, contacts: float, assumptions: SurveyAssumptions | None = None) -> SurveyOutcome:
    """The outcome of a survey among contacts with these shares of green, yellow and red.

    Parameters
    ----------
    zones
        Shares of the zones, which add up to 1.
    contacts
        How many are asked.
    assumptions
        How they answer; by default those of `SurveyAssumptions`.

    Examples
    --------
    All customers answer alike and half are promoters, a tenth detractors: 40 points, give or take 13 with 100 answers.

    >>> alike = SurveyAssumptions(promoters=(0.5, 0.5, 0.5), detractors=(0.1, 0.1, 0.1), answering=(1, 1, 1))
    >>> outcome = survey((0.8, 0.1, 0.1), 100, alike)
    >>> round(outcome.nps_found, 3), round(outcome.nps_error, 3)
    (0.4, 0.13)
    """
    given = assumptions or SurveyAssumptions()
    if abs(sum(zones) - 1) > 1e-6 or min(zones) < 0:
        raise InvalidValue("shares of zones", sum(zones), "green, yellow and red add up to 1")
    answered = sum(share * answers for share, answers in zip(zones, given.answering, strict=True))
    count = contacts * answered

    def whole(of_zone: Shares) -> tuple[float, float]:
        true = sum(share * value for share, value in zip(zones, of_zone, strict=True))
        weights = [share * answers for share, answers in zip(zones, given.answering, strict=True)]
        found = sum(w * value for w, value in zip(weights, of_zone, strict=True)) / answered if answered else math.nan
        return true, found

    csat, csat_found = whole(given.satisfied)
    promoters, promoters_found = whole(given.promoters)
    detractors, detractors_found = whole(given.detractors)
    score = promoters_found - detractors_found
    spread = promoters_found + detractors_found - score**2
    return SurveyOutcome(
        answers=count,
        csat=csat,
        csat_found=csat_found,
        csat_error=NORMAL_95 * math.sqrt(csat_found * (1 - csat_found) / count) if count else math.nan,
        nps=promoters - detractors,
        nps_found=score,
        nps_error=NORMAL_95 * math.sqrt(spread / count) if count else math.nan,
    )
