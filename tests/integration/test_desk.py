"""The desk as a supervisor uses it, in a real browser over a real run."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx2 as httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page, StorageState, expect

from alerts.ledger import reading
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.writing import record
from rules.histories.digests import pseudonym
from simulation import simulate
from streams.monitor import open_ledger
from tests.services.wire import wire
from tests.unit.alerts.made import an_alert

FUNDWATCH = [sys.executable, "-c", "from streams.cli import main; main()"]
PASSWORD = "correct horse 9"
MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
LATER = 400
"""Lines of the stream that come in while somebody watches."""

LoggedIn = Callable[..., Page]


class Desk(Struct, frozen=True):
    """A run that takes events over HTTP: where it is, its folder, and what is still to come.

    `sessions` are the browsers' states of its users: logging in often is refused.
    """

    port: int
    data: Path
    sender: str
    lines: tuple[bytes, ...]
    sessions: Mapping[str, StorageState]

    def send(self, lines: tuple[bytes, ...]) -> None:
        """Send events as an institution's system does."""
        headers = {"Authorization": f"Bearer {self.sender}"}
        address = f"http://127.0.0.1:{self.port}/v1/events"
        answer = httpx.post(address, content=b"".join(lines), headers=headers, timeout=120)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A run with most of a stream taken, and its users made as an administrator makes them."""
    folder = tmp_path_factory.mktemp("desk")
    simulate(folder, seed=11, persons=900, days=40)
    lines = (folder / "events.ndjson").read_bytes().splitlines(keepends=True)
    command = [*FUNDWATCH, "run", "--reference", str(folder / "reference")]
    process = subprocess.Popen(
        [*command, "--data", str(folder / "data"), "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        address = process.stderr.readline().partition("live page: ")[2].strip()
        link = process.stderr.readline().rpartition(" ")[2].strip()
        sender, sessions = _users_made(chromium, address, link)
        port = int(address.rstrip("/").rpartition(":")[2])
        made = Desk(port, folder / "data", sender, (*lines,), sessions)
        made.send((*lines[:-LATER],))
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stderr is not None
        process.stderr.close()


def _users_made(chromium: Browser, address: str, link: str) -> tuple[str, dict[str, StorageState]]:
    """The first administrator by the printed link, two supervisors, and a token for sending."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(link)
    page.fill("input[name=name]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("form[method=post] button.main")
    sessions: dict[str, StorageState] = {}
    for name in ("zhang", "wang"):
        page.goto(f"{address}users")
        page.fill("#add input[name=name]", name)
        page.click("#add button")
        mine = page.locator("#link").inner_text()
        own = chromium.new_context(locale="zh-CN")
        first = own.new_page()
        first.goto(mine)
        first.fill("input[name=password]", PASSWORD)
        first.click("form[method=post] button.main")
        expect(first.locator("summary .who")).to_have_text(name)
        sessions[name] = own.storage_state()
        own.close()
    page.goto(f"{address}users")
    page.fill("#tokens input[name=purpose]", "前置机")
    page.click("#tokens button.main")
    secret = page.locator("#secret").inner_text()
    # A link works once.
    page.goto(link)
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()
    return secret, sessions


@pytest.fixture
def logged_in(chromium: Browser, desk: Desk) -> Iterator[LoggedIn]:
    """Call it with a user for the feed as they see it; errors of its script fail the test."""
    contexts = []
    wrong: list[str] = []

    def enter(name: str, port: int = desk.port) -> Page:
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{port}",
            locale="zh-CN",
            storage_state=desk.sessions[name],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto("/")
        expect(page.locator("#live")).to_have_class("live on")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert wrong == []


def _ids(page: Page) -> set[str]:
    rows = page.locator("#rows > tr").evaluate_all("rows => rows.map(row => row.id.slice(2))")
    return set(rows)


def _standing(desk: Desk) -> set[str]:
    with open_ledger(desk.data, create=False) as ledger, ledger.read() as connection:
        return {alert.alert_id for alert in reading.standing(connection)}


def _everything(page: Page) -> set[str]:
    """All alerts of the pile, the whole way down."""
    while page.locator("#more").count():
        before = page.locator("#rows > tr").count()
        page.click("#more")
        page.wait_for_function(
            "before => document.querySelectorAll('#rows > tr').length > before", arg=before
        )
    return _ids(page)


def test_from_the_feed_to_the_package(desk: Desk, logged_in: LoggedIn, tmp_path: Path) -> None:
    """The worst alert of the last hour: found, understood, taken, confirmed, handed over, read."""
    page = logged_in("zhang")
    page.select_option("select[name=within]", "1h")
    page.select_option("select[name=order]", "triage")
    page.wait_for_url("**/?*order=triage*")
    worst = page.locator("#rows > tr").first
    expect(worst.locator(".pill")).to_have_text("明确违规")
    name = worst.locator(".c-what a").inner_text()
    worst.locator(".c-what a").click()
    expect(page.locator("h1")).to_have_text(name)
    for head in ("情况", "事件经过", "依据", "所用参数", "修订记录"):
        expect(page.locator("h2", has_text=head).first).to_be_visible()
    assert page.locator(".timeline > li").count() >= 1
    expect(page.locator(".clauses").first).to_contain_text("国务院令第735号")
    page.click("form[action$='/take'] button")
    expect(page.get_by_role("status").first).to_have_text("已认领。")
    page.click("#open summary")
    page.click("#open button")
    page.wait_for_url("**/cases/**")
    page.click("#confirm summary")
    page.select_option("#confirm select[name=cause]", "38-5")
    page.click("#confirm button")
    expect(page.get_by_role("status").first).to_have_text("已确认。")
    page.click("#hand summary")
    page.fill("#hand input[name=recipient]", "基金监管处")
    page.locator("#hand input[name=officer]").nth(1).fill("李四")
    page.click("#hand button")
    expect(page.locator(".marks .due")).to_contain_text("还剩 15 个工作日")
    with page.expect_download() as told:
        page.click("form[action$='package.json'] button")
    told.value.save_as(tmp_path / "package.json")
    package = json.loads((tmp_path / "package.json").read_text(encoding="utf-8"))
    assert package["case"]["officers"] == ["zhang", "李四"]
    assert package["evidence"]
    with page.expect_download() as told:
        page.click("form[action$='package.xlsx'] button")
    told.value.save_as(tmp_path / "package.xlsx")
    assert (tmp_path / "package.xlsx").read_bytes().startswith(b"PK")
    with open_ledger(desk.data, create=False) as ledger, ledger.read() as connection:
        assert isinstance(verify_journal(connection), Verified)


def test_the_network_is_cut_and_nothing_is_missed(desk: Desk, logged_in: LoggedIn) -> None:
    """Alerts that came while the browser was cut off stand there when it is back."""
    with wire(desk.port) as between:
        page = logged_in("zhang", between.port)
        page.goto("/?handling=all")
        expect(page.locator("#live")).to_have_class("live on")
        shown = _everything(page)
        between.cut()
        expect(page.locator("#live")).to_have_class("live lost")
        desk.send((*desk.lines[-LATER:],))
        came = _standing(desk) - shown
        assert came
        between.mend()
        expect(page.locator("#live")).to_have_class("live on", timeout=60_000)
        # They are offered, or stand there already; showing them loads nothing that is missing.
        page.wait_for_function(
            "ids => !document.getElementById('arrived').hidden"
            " || ids.every(id => document.getElementById('a-' + id))",
            arg=sorted(came),
            timeout=60_000,
        )
        if page.locator("#arrived").is_visible():
            page.click("#arrived")
            expect(page.locator("#arrived")).to_be_hidden()
        assert _everything(page) == _standing(desk)


def test_two_supervisors_at_one_alert(logged_in: LoggedIn) -> None:
    """The slower one is told who was quicker and sees how it stands; the list follows by itself."""
    zhang, wang = (logged_in(name) for name in ("zhang", "wang"))
    alert_id = sorted(_ids(zhang))[0]
    for page in (zhang, wang):
        page.goto(f"/alerts/{alert_id}")
    watcher = logged_in("wang")
    expect(watcher.locator(f"#a-{alert_id} .hand")).to_have_text("待处理")
    zhang.click("form[action$='/take'] button")
    wang.click("form[action$='/take'] button")
    expect(wang.get_by_role("alert")).to_contain_text("已被 zhang 于")
    expect(wang.locator("form[action$='/take'] button")).to_have_text("接手")
    row = watcher.locator(f"#a-{alert_id} .c-hand")
    expect(row).to_contain_text("处理中")
    expect(row).to_contain_text("zhang")


def test_stored_markup_is_text(desk: Desk, logged_in: LoggedIn) -> None:
    """Nothing that a sender writes runs in the browser, live or loaded."""
    page = logged_in("zhang")
    fields = dict.fromkeys(("name_zh", "name_en", "message_zh", "message_en", "subject"), MARKUP)
    evil = an_alert("e" * 20, evidence={MARKUP: MARKUP}, **fields)
    with open_ledger(desk.data, create=False) as ledger, ledger.begin() as connection:
        record(connection, [evil], 1_800_000_000_000)
    page.wait_for_function(
        "id => document.getElementById('a-' + id) || !document.getElementById('arrived').hidden",
        arg=evil.alert_id,
    )
    if page.locator("#arrived").is_visible():
        page.click("#arrived")
    expect(page.locator(f"#a-{evil.alert_id} .c-what a")).to_have_text(MARKUP)
    page.goto(f"/alerts/{evil.alert_id}")
    expect(page.locator("h1")).to_have_text(MARKUP)
    assert "owned" not in page.title() or MARKUP in page.title()
    assert page.locator("img[src=x]").count() == 0


def test_reading_is_not_disturbed(desk: Desk, logged_in: LoggedIn) -> None:
    """What comes while the page is scrolled is counted in a bar, and moves nothing."""
    page = logged_in("zhang")
    page.mouse.wheel(0, 600)
    page.wait_for_function("() => window.scrollY > 100")
    seen = page.locator("#rows > tr").nth(8)
    before = seen.get_attribute("id"), seen.bounding_box()
    with open_ledger(desk.data, create=False) as ledger, ledger.begin() as connection:
        record(connection, [an_alert("f" * 20, name_zh="新来的")], 1_800_000_000_001)
    expect(page.locator("#arrived")).to_have_text("有 1 条新预警，点击显示")
    assert (seen.get_attribute("id"), seen.bounding_box()) == before
    page.keyboard.press("n")
    expect(page.locator(f"#a-{'f' * 20}")).to_be_visible()


def test_no_identity_stands_on_a_page(desk: Desk, logged_in: LoggedIn) -> None:
    """Names and numbers of people are on no page, in neither language."""
    persons: set[str] = set()
    for line in desk.lines:
        event = json.loads(line)
        for field in ("psn_no", "certno", "acct_owner_no", "aut_psn_no", "card_sn", "psn_name"):
            persons.add(event.get(field) or "")
    # A name of two signs stands in ordinary sentences too.
    persons = {person for person in persons if len(person) > 2}
    assert len(persons) > 1000
    page = logged_in("zhang")
    page.goto("/?handling=all")
    ids = sorted(_everything(page))
    told = page.content()
    for language in ("zh", "en"):
        for path in (*(f"/alerts/{alert_id}" for alert_id in ids), "/", "/cases", "/rules"):
            answer = page.request.get(f"{path}?lang={language}", headers={"Accept": "text/html"})
            assert answer.ok, path
            told += answer.text()
    assert [person for person in persons if person in told] == []
    assert pseudonym(json.loads(desk.lines[0])["psn_no"]).startswith("P-")


def test_out_and_in_again(desk: Desk, chromium: Browser) -> None:
    """After logging out the session is over; logging in leads on to where one wanted to go."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{desk.port}", locale="zh-CN")
    page = context.new_page()
    page.goto("/cases?pile=all")
    page.fill("input[name=name]", "wang")
    page.fill("input[name=password]", PASSWORD)
    page.click("form[action='/login'] button")
    page.wait_for_url("**/cases?pile=all")
    cookies = context.cookies()
    page.click(".menu summary")
    page.click("form[action='/logout'] button")
    page.wait_for_url("**/login")
    context.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": page.url} for c in cookies]
    )
    page.goto("/")
    page.wait_for_url(re.compile(r"/login\?onward="))
    context.close()


def test_keys_and_address(logged_in: LoggedIn) -> None:
    """The list is used without a mouse, and what is asked for stands in the address."""
    page = logged_in("zhang")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#rows > tr").first).to_have_class(re.compile(r"\bat\b"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/**")
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type("药")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?text=*")
    expect(page.locator(".chips a").first).to_contain_text("药")
    address = page.url
    shown = _ids(page)
    again = logged_in("zhang")
    again.goto(address)
    assert _ids(again) == shown
