"use strict";
// What is quicker with a script. Every page works without it.

// Times stand in UTC; the local one shows on hover.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) time.title = at.toLocaleString() + " here";
}

// Files are dropped anywhere on the form that takes them.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const files = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    files.files = event.dataTransfer.files;
  });
}

// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.classList.add("sent");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.classList.remove("sent");
  }
});

// Review by keyboard. The keys can be switched off, and do nothing where somebody types.
const keys = document.getElementById("keys");
if (keys) {
  keys.closest("[hidden]").hidden = false;
  keys.checked = localStorage.getItem("keys") !== "off";
  keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
  addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input, textarea, select")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input")) { found.focus(); found.select(); } else { found.click(); }
  });
}

// The day of a case as a slider beside the field that says it.
for (const form of document.querySelectorAll("form[data-days]")) {
  const day = form.querySelector("input[type=date]");
  const [from, to] = [day.min, day.max].map((it) => Date.parse(it) / 86400000);
  if (!(to > from)) continue;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = from;
  slider.max = to;
  slider.value = day.value ? Date.parse(day.value) / 86400000 : to;
  slider.setAttribute("aria-label", "As of");
  slider.addEventListener("input", () => { day.value = new Date(slider.value * 86400000).toISOString().slice(0, 10); });
  slider.addEventListener("change", () => form.requestSubmit());
  day.after(slider);
}

// An area leads to its file in the tree, which names every one for whoever cannot point.
for (const area of document.querySelectorAll("[data-row]")) {
  area.addEventListener("click", () => { location.hash = area.dataset.row; });
}

// What runs is told as it happens: the part of the page that tells of it is taken anew.
function follow(part) {
  if (!part?.dataset.live) return;
  const events = new EventSource(part.dataset.live);
  let first = true;
  events.addEventListener("message", async () => {
    // The page is as it is: the first only says since when it is followed.
    if (first) { first = false; return; }
    const page = await fetch(location.href).then((it) => it.text());
    const now = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
    if (!now) { location.reload(); return; }
    const focused = document.activeElement?.closest("form")?.getAttribute("action");
    part.replaceWith(now);
    if (focused) now.querySelector(`form[action="${CSS.escape(focused)}"] button`)?.focus();
    events.close();
    follow(now);
  });
}
follow(document.getElementById("jobs"));
