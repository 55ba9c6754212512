"use strict";
const body = document.getElementById("alerts");
const state = document.getElementById("state");
const MOST = 300;

function cell(row, text, name) {
  const made = row.insertCell();
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

function show(alert) {
  const known = document.getElementById("a" + alert.alert_id);
  if (known) known.remove();
  if (alert.status === "retracted") return;
  const row = body.insertRow(0);
  row.id = "a" + alert.alert_id;
  row.className = "sev" + alert.sev_deg + " " + alert.status + " fresh";
  const mark = document.createElement("span");
  mark.className = "sev";
  mark.textContent = alert.sev_deg;
  row.insertCell().append(mark);
  const time = document.createElement("time");
  time.textContent = alert.last_event_time;
  row.insertCell().append(time);
  cell(row, alert.amount, "money");
  const story = row.insertCell();
  const name = document.createElement("b");
  name.textContent = alert.name_zh;
  story.append(name);
  if (alert.status === "withdrawn") {
    const gone = document.createElement("em");
    gone.textContent = " 已撤回";
    story.append(gone);
  }
  const english = document.createElement("small");
  english.lang = "en";
  english.textContent = alert.message_en;
  story.append(document.createElement("br"), alert.message_zh, document.createElement("br"), english);
  const cites = row.insertCell();
  for (const text of alert.cites) {
    const cite = document.createElement("span");
    cite.className = "cite";
    cite.textContent = text;
    cites.append(cite);
  }
  const code = document.createElement("code");
  code.textContent = alert.subject;
  row.insertCell().append(code);
  const none = document.getElementById("none");
  if (none) none.remove();
  while (body.rows.length > MOST) body.deleteRow(-1);
}

const feed = new EventSource("/v1/feed?after=" + body.dataset.after);
feed.onopen = () => { state.textContent = "实时 live"; state.className = "live"; };
feed.onerror = () => { state.textContent = "连接中断，正在重连 reconnecting"; state.className = "lost"; };
feed.addEventListener("alert", (message) => show(JSON.parse(message.data)));
feed.addEventListener("totals", (message) => {
  for (const [name, value] of Object.entries(JSON.parse(message.data))) {
    document.getElementById(name).textContent = value;
  }
});
