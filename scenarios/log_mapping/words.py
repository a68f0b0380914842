"""Which role a column of a contact log has by the words of its header, and which outcome by those of its cells."""

from __future__ import annotations

from scenarios.interval_report.header_words import plain_words

_PHRASES = {
    "date": "date/call date/day/datum/tag/fecha/dia/jour/дата/день/التاريخ/اليوم",
    "arrival": (
        "arrival/arrived/start/start time/start date/call start/call start time/call time/time/timestamp/date time/"
        "datetime/date and time/created/created at/creation time/initiated/initiation timestamp/initiation time/"
        "contact start/contact start time/offered at/received/received at/calldate/call started/start timestamp/"
        "start date time/started at/anrufbeginn/beginn/eingang/uhrzeit/zeit/zeitpunkt/datum uhrzeit/startzeit/inicio/"
        "hora/hora de inicio/fecha hora/fecha y hora/fecha de inicio/debut/heure/heure de debut/date heure/"
        "date et heure/heure d appel/начало/время/время начала/время звонка/дата и время/время вызова/"
        "время поступления/"
        "وقت البدء/الوقت/وقت الاتصال/وقت المكالمة/التاريخ والوقت"
    ),
    "queue": "enqueued/enqueue time/enqueue timestamp/queue start/queued at/queue entry/queue enter time/q start",
    "answer": (
        "answer/answered at/answer time/answered time/time answered/connected/connected at/connect time/"
        "connected to agent/connected to agent timestamp/"
        "pickup time/picked up/annahme/angenommen um/angenommen am/annahmezeit/contestada a/"
        "hora de respuesta/hora de atencion/heure de reponse/decroche a/ответ/время ответа/وقت الرد"
    ),
    "end": (
        "end/ended/ended at/end time/end date/call end/call end time/disconnected/disconnect time/"
        "disconnect timestamp/hangup/hangup time/finished/completed at/ende/anrufende/endzeit/beendet/fin/hora de fin/"
        "hora final/heure de fin/конец/окончание/время окончания/завершение/وقت الانتهاء"
    ),
    "wait": (
        "wait/wait time/waiting time/waited/queue time/time in queue/queue wait/queue wait time/queue duration/"
        "speed of answer/answer delay/ring time/wartezeit/wartedauer/espera/tiempo de espera/tiempo en cola/attente/"
        "temps d attente/duree d attente/ожидание/время ожидания/время в очереди/وقت الانتظار/مدة الانتظار"
    ),
    "handle": (
        "handle/handle time/handling time/talk/talk time/talk duration/duration/call duration/call length/billsec/"
        "conversation time/service time/interaction time/agent interaction duration/bearbeitungszeit/gesprachszeit/"
        "gesprachsdauer/dauer/duracion/duracion de la llamada/tiempo de conversacion/conversacion/duree/duree d appel/"
        "duree de conversation/temps de conversation/duree de l appel/длительность/длительность разговора/"
        "время разговора/разговор/продолжительность/المدة/مدة المكالمة/مدة التحدث"
    ),
    "hold": "hold/hold time/hold duration/customer hold duration/haltezeit/tiempo de retencion/время удержания",
    "wrap_up": (
        "wrap up/wrap up time/wrapup/wrap/acw/acw time/after call work/after call work time/"
        "after contact work duration/"
        "nacharbeit/nachbearbeitung/post llamada/tiempo administrativo/post appel/постобработка/ما بعد المكالمة"
    ),
    "outcome": (
        "outcome/status/call status/result/call result/disposition/state/call disposition/answered/answered y n/"
        "ergebnis/anrufstatus/resultado/estado/estado de la llamada/statut/resultat/etat/статус/результат/итог/"
        "статус звонка/النتيجة/الحالة"
    ),
    "agent": (
        "agent/agent name/agent id/agents/user/operator/answered by/handled by/employee/mitarbeiter/agente/operador/"
        "conseiller/operateur/оператор/сотрудник/агент/الموظف/الوكيل"
    ),
    "type": (
        "queue/queue name/skill/skill name/type/contact type/call type/service/campaign/group/line/reason/"
        "warteschlange/gruppe/hotline/cola/servicio/campana/grupo/file/file d attente/groupe/очередь/группа/линия/тема/"
        "قائمة الانتظار/الطابور/المجموعة"
    ),
    "customer": (
        "customer/caller/caller id/callerid/ani/from/src/phone/phone number/customer number/customer endpoint/"
        "from number/caller number/rufnummer/anrufer/kunde/telefono/numero/cliente/numero appelant/appelant/"
        "номер/телефон/номер клиента/клиент/абонент/رقم المتصل/الهاتف/العميل"
    ),
    "id": (
        "id/call id/callid/contact id/uniqueid/unique id/interaction id/conversation id/session id/case id/"
        "anruf id/id llamada/id appel/id звонка"
    ),
}
_ANSWERED = (
    "answered/answer/handled/completed/complete/connected/accepted/served/serviced/success/talked/yes/y/true/agent/"
    "angenommen/beantwortet/bearbeitet/verbunden/erfolgreich/ja/atendida/atendido/contestada/contestado/respondida/si/"
    "repondu/traite/decroche/abouti/oui/отвечен/отвечено/отвеченный/принят/принято/обработан/обслужен/да/"
    "تم الرد/مجابة/تمت الإجابة/نعم"
)
_ABANDONED = (
    "abandoned/abandon/abandoned in queue/missed/lost/no answer/noanswer/unanswered/not answered/hang/hangup/hung up/"
    "customer hangup/caller hung up/cancelled/canceled/dropped/no/n/false/timeout/busy/"
    "verloren/aufgelegt/abgebrochen/nicht angenommen/verpasst/nein/abandonada/abandonado/perdida/perdido/"
    "no contestada/no atendida/colgada/abandonne/perdu/manque/non repondu/raccroche/non/"
    "потерян/потеряно/пропущен/пропущено/пропущенный/неотвечен/не отвечен/неотвеченный/брошен/нет/"
    "متروكة/مفقودة/لم يتم الرد/فائتة/لا"
)


def _places(phrases: str) -> frozenset[str]:
    return frozenset(plain_words(phrase) for phrase in phrases.split("/"))


_ROLES = {plain_words(phrase): role for role, phrases in _PHRASES.items() for phrase in phrases.split("/")}
_OUTCOMES = dict.fromkeys(_places(_ANSWERED), "answered") | dict.fromkeys(_places(_ABANDONED), "abandoned")
_UNITS = frozenset(("s", "sec", "secs", "seconds", "sek", "seg", "segundos", "сек", "min", "minutes", "h", "ms"))


def log_role_of(header: str) -> str | None:
    """The role of a column of a contact log; None if its header names none.

    Examples
    --------
    >>> log_role_of("Tiempo de espera (s)"), log_role_of("Anrufbeginn"), log_role_of("Comment")
    ('wait', 'arrival', None)
    """
    words = plain_words(header).split()
    while words and words[-1] in _UNITS and len(words) > 1:
        words = words[:-1]
    return _ROLES.get(" ".join(words))


def outcome_of(text: str) -> str | None:
    """``answered`` or ``abandoned`` by the word in a cell; None where it says neither.

    Examples
    --------
    >>> outcome_of("Atendida"), outcome_of("NO ANSWER"), outcome_of("voicemail")
    ('answered', 'abandoned', None)
    """
    return _OUTCOMES.get(plain_words(text))
