"use strict";
// The pages work without this script; it makes them live and quick to the keyboard.
document.documentElement.classList.add("js");

const $ = (id) => document.getElementById(id);
const MOST_ROWS = 300;
const QUIET_ROWS = 10; // more at once would make the page run away from who reads it
const FLUSH_MS = 1000;

// --- the live feed ---------------------------------------------------------------------------

const live = $("live");
const list = $("list");
let source = null;
let reached = 0;
let coming = new Map(); // rows on their way into the page, by alert
let held = new Set(); // alerts that came while the page is being read
let pointed = false;
let failures = 0;

function say(state) {
  if (!live) return;
  live.className = "live " + state;
  live.textContent = state === "on" ? live.dataset.live : live.dataset.lost;
}

function table() { return list && list.querySelector("table.feed"); }

function listen() {
  const shown = table();
  if (!shown) return;
  if (source) source.close();
  reached = Math.max(reached, Number(shown.dataset.after));
  const join = shown.dataset.stream.includes("?") ? "&" : "?";
  source = new EventSource(shown.dataset.stream + join + "after=" + reached);
  source.onopen = () => { failures = 0; say("on"); };
  source.onerror = () => {
    say("lost");
    // The browser tries again by itself unless it was refused.
    if (source.readyState === EventSource.CLOSED) {
      failures += 1;
      setTimeout(listen, Math.min(30000, 1000 * 2 ** failures));
    }
  };
  source.addEventListener("rows", (message) => {
    reached = Math.max(reached, Number(message.lastEventId));
    const told = JSON.parse(message.data);
    for (const row of told.rows) coming.set(row.id, row);
    for (const id of told.gone) { coming.delete(id); pass(id); }
  });
  source.addEventListener("summary", (message) => {
    reached = Math.max(reached, Number(message.lastEventId));
    $("summary").innerHTML = JSON.parse(message.data).html;
  });
  source.addEventListener("reset", (message) => {
    reached = Number(message.lastEventId);
    coming.clear();
    load(location.href, false);
  });
  source.addEventListener("ended", () => { source.close(); location.reload(); });
}

function pass(id) {
  held.delete(id);
  const row = $("a-" + id);
  if (row) row.classList.add("passed");
  tellHeld();
}

function made(html) {
  const frame = document.createElement("template");
  frame.innerHTML = html.trim();
  return frame.content.firstElementChild;
}

function reading() {
  return window.scrollY > 40 || pointed || !!document.querySelector("#rows .at")
    || $("rows").contains(document.activeElement) || table().dataset.order !== "new";
}

function flush() {
  if (!coming.size || !table()) return;
  const rows = [...coming.values()];
  coming.clear();
  const body = $("rows");
  const unknown = [];
  for (const row of rows) {
    const known = $("a-" + row.id);
    if (!known) { unknown.push(row); continue; }
    const fresh = made(row.html);
    // What is on the page is renewed where it stands.
    if (known.classList.contains("at")) fresh.classList.add("at");
    if (!known.contains(document.activeElement)) known.replaceWith(fresh);
  }
  if (held.size || reading() || unknown.length > QUIET_ROWS) {
    for (const row of unknown) if (held.size <= MOST_ROWS) held.add(row.id);
  } else {
    for (const row of unknown) {
      const fresh = made(row.html);
      fresh.classList.add("fresh");
      body.prepend(fresh);
    }
    while (body.rows.length > MOST_ROWS) body.deleteRow(-1);
    if (unknown.length) $("none").hidden = true;
  }
  tellHeld();
}

function tellHeld() {
  const bar = $("arrived");
  if (!bar || !live) return;
  bar.hidden = held.size === 0;
  const many = held.size > MOST_ROWS;
  bar.textContent = (many ? live.dataset.many : live.dataset.new).replace("{n}", held.size);
}

async function load(address, push) {
  const url = new URL(address, location.href);
  const fragment = new URL(url);
  fragment.pathname = "/feed/list";
  const answer = await fetch(fragment, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) { location.assign(url); return; }
  list.innerHTML = await answer.text();
  held.clear();
  coming.clear();
  if (push) { history.pushState(null, "", url); }
  reached = 0;
  listen();
}

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData($("filters"))) {
    if (value && !(name === "order" && value === "new")) query.append(name, value);
  }
  const text = query.toString();
  return text ? "/?" + text : "/";
}

function fill() {
  // After a link was followed, the form shows what the address asks for.
  const query = new URLSearchParams(location.search);
  for (const field of $("filters").elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") field.checked = query.getAll(field.name).includes(field.value);
    else field.value = query.get(field.name) || (field.name === "order" ? "new" : "");
  }
}

if (list) {
  const filters = $("filters");
  if (matchMedia("(max-width: 860px)").matches) $("fold").open = false;
  filters.addEventListener("submit", (event) => { event.preventDefault(); load(address(), true); });
  document.addEventListener("change", (event) => {
    if (event.target.form === filters) load(address(), true);
  });
  list.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-load]");
    const more = event.target.closest("#more");
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link) { event.preventDefault(); await load(link.href, true); fill(); }
    if (more) { event.preventDefault(); await onward(more); }
    if (event.target.id === "arrived") { await load(location.href, false); window.scrollTo(0, 0); }
  });
  list.addEventListener("pointerover", (event) => { pointed = !!event.target.closest("#rows"); });
  list.addEventListener("pointerleave", () => { pointed = false; });
  window.addEventListener("popstate", () => { fill(); load(location.href, false); });
  window.addEventListener("online", () => { if (source.readyState === EventSource.CLOSED) listen(); });
  setInterval(flush, FLUSH_MS);
  listen();
}

async function onward(more) {
  const answer = await fetch(more.href.replace("/?", "/feed/list?"));
  if (!answer.ok) { location.assign(more.href); return; }
  const frame = document.createElement("template");
  frame.innerHTML = await answer.text();
  const known = new Set([...$("rows").rows].map((row) => row.id));
  for (const row of [...frame.content.querySelectorAll("#rows > tr")]) {
    if (!known.has(row.id)) $("rows").append(row);
  }
  const next = frame.content.querySelector("#more");
  if (next) more.href = next.href; else more.parentElement.remove();
}

// --- the keyboard ----------------------------------------------------------------------------

function step(by) {
  const rows = [...document.querySelectorAll("#rows > tr")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  if (at >= 0) rows[at].classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const at = document.querySelector("#rows .at a");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Enter" && at && event.target === document.body) at.click();
  else if (event.key === "Escape" && at) at.closest("tr").classList.remove("at");
  else if (event.key === "n" && $("arrived") && !$("arrived").hidden) $("arrived").click();
  else if (event.key === "/" && $("filters")) { event.preventDefault(); $("filters").elements.text.focus(); }
});

// --- forms -----------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  // A second click must not do a thing twice.
  if (event.target.method !== "post" || event.defaultPrevented || "download" in event.target.dataset) return;
  for (const button of event.target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[method=post] button")) button.disabled = false;
});

// --- two people at one thing -----------------------------------------------------------------

const watched = document.querySelector("[data-watch]");
if (watched) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(watched.dataset.watch);
      if (!answer.ok) return;
      const now = await answer.json();
      if (now.version === watched.dataset.version) return;
      $("changed").textContent = watched.dataset.told.replace("{by}", now.by || "monitor");
      $("changed").hidden = false;
    } catch { /* the network is away; the next try tells */ }
  }, 10000);
}
