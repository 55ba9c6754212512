"""`POST /v1/prechecks` and its feedback: the verdict before payment over HTTP.

A question is an event of our contract that pays something, or a 3101 or 3102 of the national
interface. An answer that would come too late is not waited for: the payment must not stand still.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Protocol

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.types import Lifespan

from alerts.ledger import Ledger
from alerts.prechecks.feedback import BadFeedbackError, Feedback, keep
from alerts.prechecks.national import Asked, Result, results_of
from alerts.prechecks.verdict import WORDS, Answer, Remark, Verdict, in_order, verdict_of
from events.codec import MAX_BYTES, decode, encode_json
from events.deadletters import BadRecordError
from events.kinds import AccountPayout, AccountPremium, Event, ManualClaim, Settlement
from events.readers.interface_prechecks import INFNOS, is_question, question_of
from events.times import CST, DAY, epoch, moment

PAYING: Final = (Settlement, ManualClaim, AccountPayout, AccountPremium)
"""Kinds of events that pay something, and may be asked about."""
_DATA_QUALITY: Final = "data_quality"
_FEEDBACK: Final = msgspec.json.Decoder(Feedback)


class Asker(Protocol):
    """Whoever can say what an event would raise."""

    async def ask(self, event: Event, seconds: float) -> Answer | None:
        """What the event would raise; None when that cannot be said in so many seconds."""
        ...


class Told(Struct, frozen=True, omit_defaults=True):
    """The body of an answer. `infcode` and what follows are there for 3101 and 3102 only."""

    verdict: Verdict
    may_pay: bool
    verdict_zh: str
    verdict_en: str
    task_id: str
    event_id: str
    reached: tuple[str, ...]
    missed: tuple[str, ...]
    result: list[Result]
    infcode: str = ""
    inf_refmsgid: str = ""
    err_msg: str = ""
    output: Mapping[str, list[Result]] | None = None


class Question(Struct, frozen=True):
    """What is asked: the event, and for the national interface its number, id and rules."""

    event: Event
    infno: str = ""
    msgid: str = ""
    rule_ids: tuple[str, ...] = ()

    def kept(self, remark: Remark) -> bool:
        """Whether a remark is asked for.

        3101 and 3102 carry less than a settlement does: what they lack is no defect of it.
        """
        if not self.infno:
            return True
        alert = remark.alert
        wanted = not self.rule_ids or alert.rule_id in self.rule_ids
        return wanted and alert.family != _DATA_QUALITY


def read_question(body: bytes, task_id: str, now: datetime) -> Question:
    """The question of a request's body. Raises BadRecordError."""
    if len(body) > MAX_BYTES:
        raise BadRecordError("too_large", "", f"{len(body)} bytes", f"at most {MAX_BYTES} bytes")
    message = _object(body)
    if message is not None and is_question(message):
        national = question_of(message, f"precheck-{task_id}", now)
        question = Question(national.settlement, national.infno, national.msgid, national.rule_ids)
    else:
        question = Question(decode(body).event)
    event = question.event
    if not isinstance(event, PAYING):
        kinds = ", ".join(str(kind.__struct_config__.tag) for kind in PAYING)
        found = str(event.__struct_config__.tag)
        raise BadRecordError(
            "no_payment", "event_type", found, f"{kinds}, or {' or '.join(INFNOS)}"
        )
    latest = epoch(now) + DAY
    if epoch(event.event_time) > latest:
        raise BadRecordError(
            "future_time",
            "event_time",
            event.event_time.isoformat(),
            f"a time not after {moment(latest).isoformat()}",
        )
    return question


def _object(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object, unless it is an event, which is decoded by itself."""
    if b'"event_type"' in body:
        return None
    try:
        message = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None
    return message if isinstance(message, dict) else None


def told(question: Question, answer: Answer | None, task_id: str) -> Told:
    """The body that answers a question."""
    event = question.event
    remarks = () if answer is None else in_order(filter(question.kept, answer.remarks))
    verdict: Verdict = "unknown" if answer is None else verdict_of(remarks)
    asked = Asked(
        task_id,
        "" if question.infno else event.event_id,
        event.psn_no,
        getattr(event, "setl_id", ""),
        getattr(event, "mdtrt_id", ""),
    )
    results = results_of(remarks, asked)
    words = WORDS[verdict]
    plain = Told(
        verdict,
        verdict != "hold",
        *words,
        task_id,
        asked.event_id,
        answer.reached if answer is not None else (),
        answer.missed if answer is not None else (),
        results,
    )
    if not question.infno:
        return plain
    return msgspec.structs.replace(
        plain, infcode="0", inf_refmsgid=task_id, output={"result": results}
    )


def precheck_router(
    asker: Asker,
    ledger: Ledger,
    allowed: Callable[..., str | Awaitable[str]],
    *,
    seconds: float,
    observe: Callable[[Verdict, float], None] = lambda _verdict, _seconds: None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> APIRouter:
    """The two routes. `allowed` is a dependency that gives the name of whoever asks, or refuses.

    An answer is waited for `seconds`; `observe` is told each verdict and how long it took;
    `lifespan` is what the asker has to do as long as the application runs.
    """
    router = APIRouter(tags=["prechecks"], lifespan=lifespan)

    @router.post(
        "/v1/prechecks",
        summary="结算前判断 · The verdict before payment",
        responses=_responses("The verdict; `unknown` where there was none in time"),
        openapi_extra=_BODY,
    )
    async def ask(request: Request, _: Annotated[str, Depends(allowed)]) -> Response:
        begun = time.perf_counter()
        task_id = secrets.token_hex(6)
        try:
            question = read_question(
                await request.body(), task_id, datetime.fromtimestamp(time.time(), CST)
            )
        except BadRecordError as bad:
            return _refused(bad)
        left = seconds - (time.perf_counter() - begun)
        answer = await asker.ask(question.event, left)
        body = told(question, answer, task_id)
        observe(body.verdict, time.perf_counter() - begun)
        return Response(encode_json(body), media_type="application/json")

    @router.post(
        "/v1/prechecks/feedback",
        summary="提醒处理反馈 · What was done about remarks (3103)",
        responses=_responses("How many answers were kept"),
        openapi_extra=_BODY,
    )
    async def feedback(request: Request, actor: Annotated[str, Depends(allowed)]) -> Response:
        body = await request.body()
        try:
            answers = _feedback(body)
            kept = await run_in_threadpool(_kept, ledger, answers, actor)
        except (BadFeedbackError, BadRecordError) as bad:
            return _answer({"error": str(bad)}, 422)
        return _answer({"infcode": "0", "kept": kept}, 200)

    return router


def _kept(ledger: Ledger, answers: Feedback, actor: str) -> int:
    with ledger.begin() as connection:
        return keep(connection, answers, int(time.time() * 1000), actor)


def _feedback(body: bytes) -> Feedback:
    """The feedback, in the envelope of 3103 or without. Raises BadRecordError."""
    if len(body) > MAX_BYTES:
        raise BadRecordError("too_large", "", f"{len(body)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        message = msgspec.json.decode(body)
        for name in ("input", "data"):
            if isinstance(message, dict) and isinstance(message.get(name), dict):
                message = message[name]
        return msgspec.convert(message, Feedback)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadRecordError("bad_value", "", str(error)[:200], "feedback of 3103") from None


def _refused(bad: BadRecordError) -> Response:
    content = {
        "error": str(bad),
        "reason": bad.reason,
        "field": bad.field,
        "found": bad.found,
        "expected": bad.expected,
    }
    return _answer(content, 413 if bad.reason == "too_large" else 422)


def _answer(content: Mapping[str, Any], status: int) -> Response:
    return Response(encode_json(content), status, media_type="application/json")


_OBJECT: Final = {"application/json": {"schema": {"type": "object"}}}
_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _OBJECT}}


def _responses(good: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": good, "content": _OBJECT},
        413: {"description": "Too large", "content": _OBJECT},
        422: {"description": "No question; says what was found and expected", "content": _OBJECT},
    }
