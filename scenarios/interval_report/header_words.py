"""Which role a column has by the words of its header, in English, German, Spanish, French, Russian and Arabic."""

from __future__ import annotations

import re
import unicodedata

from scenarios.contact_log.durations import named_unit

Role = str
"""date, start, end, queue, offered, answered, abandoned, aht, talk, hold, wrap_up, asa, abandon_wait,
wait_answered, wait_all, within, agents, staffed_time, service_level, or share (of a count)."""


def _set_of(text: str, separator: str | None = None) -> frozenset[str]:
    return frozenset(text.split(separator))


_PHRASES: dict[Role, str] = {
    "date": (
        "date/day/row date/report date/calendar date/datum/tag/fecha/dia/jour/дата/день/التاريخ/اليوم/"
        "month/monat/mes/mois/месяц/الشهر"
    ),
    "start": (
        "interval/interval start/start interval/startinterval/start time/starttime/time interval/half hour/hour/time/"
        "start/timestamp/row labels/zeilenbeschriftungen/"
        "etiquetas de fila/etiquettes de lignes/datetime/date time/date and time/interval start time/when/"
        "intervall/intervallbeginn/zeit/"
        "uhrzeit/halbstunde/stunde/beginn/von/zeitraum/intervalo/hora/inicio/franja/franja horaria/heure/intervalle/"
        "tranche horaire/debut/creneau/интервал/время/час/начало/период/الفترة/الوقت/الساعة"
    ),
    "end": (
        "interval end/end interval/endinterval/end time/interval end time/end/bis/ende/intervallende/fin/hasta/конец/"
        "окончание/النهاية"
    ),
    "queue": (
        "queue/queue name/contact type/type/skill/skill name/split/split skill/csq/csq name/contact service queue/"
        "campaign/group/service/line/acd queue/warteschlange/gruppe/hotline/leitung/cola/servicio/campana/grupo/file/"
        "file d attente/competence/groupe/очередь/группа/линия/навык/قائمة الانتظار/الطابور/المجموعة/call queue/"
        "split skill name/queue group/pool/team/department/abteilung/departamento/отдел/skill name id"
    ),
    "offered": (
        "offered/offer/calls offered/contacts offered/received/calls received/presented/calls presented/"
        "contacts presented/contacts queued/queued/entered/incoming/calls/contacts/volume/total calls/inbound/"
        "interactions/angeboten/angebotene anrufe/eingehend/eingehende anrufe/anrufe/anrufe gesamt/anrufvolumen/"
        "kontakte/llamadas/ofrecidas/llamadas ofrecidas/recibidas/llamadas recibidas/entrantes/llamadas entrantes/"
        "appels/appels recus/appels presentes/appels entrants/offerts/presentes/entrants/recus/поступило/поступившие/"
        "входящие/звонки/вызовы/обращения/всего звонков/поступило вызовов/المكالمات/المكالمات الواردة/الواردة/"
        "المعروضة/المستلمة/nco/aangeboden/tickets/inbound calls/queue calls"
    ),
    "answered": (
        "answered/answer/handled/calls answered/calls handled/contacts handled/contacts answered/acd calls/connected/"
        "accepted/angenommen/angenommene anrufe/beantwortet/bearbeitet/verbunden/atendidas/contestadas/"
        "llamadas atendidas/respondidas/repondus/traites/appels traites/appels repondus/decroches/отвечено/принято/"
        "обработано/обслужено/отвеченные/принятые/المجابة/تم الرد عليها/المكالمات المجابة/ncc/nch/beantwoord/serviced"
    ),
    "abandoned": (
        "abandoned/abandon/abandons/aband/aban calls/aban/lost/missed/calls abandoned/contacts abandoned/unanswered/"
        "verloren/verlorene anrufe/aufgelegt/abgebrochen/abandonadas/perdidas/llamadas abandonadas/abandonnes/perdus/"
        "appels abandonnes/appels perdus/потеряно/потерянные/пропущено/пропущенные/брошено/неотвеченные/المتروكة/"
        "المفقودة/الفائتة/المكالمات المتروكة/nca/abn/abnd/abd"
    ),
    "aht": (
        "aht/average handle time/avg handle time/avg handle/average handling time/handle time/handling time/"
        "bearbeitungszeit/durchschnittliche bearbeitungszeit/mittlere bearbeitungszeit/tmo/tiempo medio operativo/"
        "tiempo medio de operacion/tiempo promedio de manejo/dmt/duree moyenne de traitement/"
        "temps moyen de traitement/duree de traitement/среднее время обработки/время обработки/aht сек/"
        "متوسط وقت المعالجة/متوسط زمن المعالجة/وقت المعالجة/handle"
    ),
    "talk": (
        "talk time/avg talk/talk/avg talk time/acd time/avg acd time/interaction time/gesprachszeit/"
        "gesprachsdauer/tiempo de conversacion/temps de conversation/duree de conversation/время разговора/"
        "время диалога/وقت التحدث/talking/agent interaction time"
    ),
    "hold": "hold time/avg hold/hold/haltezeit/customer hold time/tiempo de retencion/temps de garde/время удержания/"
    "وقت الانتظار على الخط",
    "wrap_up": (
        "acw/acw time/avg acw/avg acw time/after call work/after call work time/after contact work/"
        "after contact work time/wrap up/wrap up time/wrapup/wrapup time/wrap/work time/nacharbeit/nachbearbeitung/"
        "nachbearbeitungszeit/tiempo administrativo/post llamada/post appel/postappel/поствызывная обработка/"
        "постобработка/ما بعد المكالمة"
    ),
    "asa": (
        "asa/average speed of answer/avg speed of answer/avg speed ans/avg speed answer/speed of answer/"
        "average queue answer time/avg answer/avg answer time/avg wait/avg wait time/average wait/average wait time/"
        "wait time/wartezeit/mittlere wartezeit/durchschnittliche wartezeit/tme/tiempo medio de espera/"
        "tiempo promedio de espera/tiempo de espera/espera/temps moyen d attente/temps d attente/attente/dma/"
        "среднее время ожидания/время ожидания/ожидание/متوسط وقت الانتظار/وقت الانتظار/queue wait time"
    ),
    "abandon_wait": (
        "abandon time/avg abandon time/average abandon time/avg aban time/avg time to abandon/aban time/"
        "time to abandon/average queue abandon time/wait of abandoned/avg abandon wait"
    ),
    "wait_answered": "sum wait answered/total wait answered/total wait time answered/total answer wait time",
    "wait_all": "sum wait all/total wait all/total queue time/total wait time/gesamte wartezeit",
    "within": (
        "answered within/answer within/within sl/calls within sl/answered in sl/within service level/innerhalb/"
        "atendidas dentro/contacts answered within/отвечено за/within threshold/met sla/within"
    ),
    "agents": (
        "agents/agents staffed/agents logged in/logged in agents/staffed/staffed agents/avg pos staffed/avg pos staff/"
        "positions staffed/logged in/fte/headcount/agenten/mitarbeiter/angemeldet/agentes/agentes conectados/"
        "agents connectes/операторы/операторов/агенты/الوكلاء/الموظفون/موظفين"
    ),
    "staffed_time": (
        "staffed time/staff time/stafftime/i stafftime/ti stafftime/total staffed time/staffed minutes/staffed hours/"
        "agent min/staffed agent min/staffed min/"
        "logged in time/total logged in time/time logged in/total login time/manned time/agent minutes/agent hours/"
        "anmeldezeit/angemeldete zeit/gesamte anmeldezeit/tiempo conectado/tiempo de conexion/temps de connexion/"
        "temps connecte/время в системе/время на линии/وقت تسجيل الدخول"
    ),
    "service_level": (
        "service level/servicelevel/sl/sla/nivel de servicio/ns/taux de service/niveau de service/qs/"
        "уровень сервиса/уровень обслуживания/مستوى الخدمة/servicegrad/gos"
    ),
}
_PLAIN = _set_of(
    "calls contacts volume anrufe llamadas appels звонки вызовы المكالمات interactions tickets kontakte inbound time "
    "type group service line hour start end file handle talk hold hora zeit handled queue queued incoming"
)
"""Phrases that every more special one outweighs."""
_SHARES = _set_of("rate percent pct percentage quote anteil taux tasa porcentaje ratio доля процент نسبة")
_EXTREMES = _set_of("max maximum longest oldest minimum shortest peak maximale maximo")
_TOTAL = _set_of("total sum tot summe gesamt totale totales сумма общее всего اجمالي إجمالي")
_MEAN = _set_of(
    "avg average mean durchschnittlich durchschnittliche mittlere medio media promedio moyen moyenne среднее средняя "
    "متوسط aht asa tmo tme dmt dma schnitt mittel ср средн средний средн durchschn mittl prom moy gem gemiddelde"
)
TOTAL_WORDS = _set_of(
    "total|totals|grand total|sum|summe|gesamt|gesamtsumme|zwischensumme|insgesamt|subtotal|sub total|suma|totales|"
    "total general|total generale|somme|ensemble|итого|всего|общий итог|المجموع|الاجمالي|الإجمالي|المجموع الكلي|"
    "average|avg|mean|durchschnitt|mittelwert|promedio|media|moyenne|среднее|المتوسط|summary|daily total|"
    "day total|tagessumme|weekly total|overall",
    "|",
)
"""What stands at the beginning of rows that sum up others."""
TITLE_QUEUES = _set_of("queue|skill|split|split skill|csq|warteschlange|cola|file|очередь|skill name|queue name", "|")


def plain_words(text: str) -> str:
    """A header in small letters, without accents and signs, its words apart.

    Examples
    --------
    >>> plain_words("AvgSpeedAns"), plain_words("Appels reçus"), plain_words("Ø Bearbeitungszeit (s)")
    ('avg speed ans', 'appels recus', 'ø bearbeitungszeit s')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    folded = unicodedata.normalize("NFKD", apart.casefold())
    without = "".join(letter for letter in folded if not unicodedata.combining(letter) or letter == "\u0306")
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", without)).strip()


_BY_PHRASE: dict[str, Role] = {
    plain_words(phrase): role for role, phrases in _PHRASES.items() for phrase in phrases.split("/")
}


def role_of(header: str) -> tuple[Role | None, int]:
    """The role that the words of a header name, and how special they are; None if they name none.

    Examples
    --------
    >>> role_of("Calls Offered")[0], role_of("Verlorene Anrufe")[0], role_of("Abandon %")[0], role_of("Tage")[0]
    ('offered', 'abandoned', 'share', None)
    >>> role_of("Agents staffed")[0], role_of("Agents staffed (min)")[0]
    ('agents', 'staffed_time')
    """
    words = plain_words(header).split()
    phrase, weight = max(_longest(words), _longest([word for word in words if word not in _MEAN]), key=_weight)
    if not phrase:
        return None, 0
    role = _BY_PHRASE[phrase]
    if role == "agents" and named_unit(header):
        role = "staffed_time"
    if set(words) & _EXTREMES or words[0] == "min":  # elsewhere it means minutes
        return None, 0
    if ("%" in header or set(words) & _SHARES) and role != "service_level":
        return "share", weight
    return role, weight


def is_mean(header: str) -> bool | None:
    """Whether times under a header are means (True) or totals (False); None if its words do not say.

    Examples
    --------
    >>> is_mean("Avg Talk"), is_mean("Total Handle Time"), is_mean("Handle Time")
    (True, False, None)
    """
    words = set(plain_words(header).split()) | set("ø" if "ø" in header.casefold() else "")
    if words & _MEAN or "ø" in words:
        return True
    return False if words & _TOTAL else None


def is_total(text: str) -> bool:
    """Whether a cell says that its row sums up others.

    Examples
    --------
    >>> is_total("Total:"), is_total("Gesamtsumme"), is_total("Итого"), is_total("Total Care")
    (True, True, True, False)
    """
    return plain_words(text) in _PLAIN_TOTALS


_PLAIN_TOTALS = frozenset(plain_words(word) for word in TOTAL_WORDS)


def _weight(phrase: tuple[str, int]) -> int:
    return phrase[1]


def _longest(words: list[str]) -> tuple[str, int]:
    """The phrase of most words in a header, the first special one of equals, and its weight."""
    best, weight = "", 0
    for begin in range(len(words)):
        for end in range(begin + 1, len(words) + 1):
            phrase = " ".join(words[begin:end])
            if phrase not in _BY_PHRASE:
                continue
            special = 0 if phrase in _PLAIN else 1
            whole = 1 if end - begin == len(words) else 0
            score = 4 * special + 2 * (end - begin) + whole
            if score > weight:
                best, weight = phrase, score
    return best, weight
