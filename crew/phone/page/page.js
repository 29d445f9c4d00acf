// The page on the phone: takes pictures, sends each in pieces, goes on where it was cut, and says how it stands.
// It talks to the laptop that it came from and to nobody else, and shows every text as text.
"use strict";

(() => {
  const PIECE_BYTES = 256 * 1024;
  const CALL_MS = 20000;
  const WATCH_MS = 40000;
  const FIRST_PAUSE_MS = 500;
  const LONGEST_PAUSE_MS = 8000;
  const AWAY_AFTER = 2; // failures in a row: one alone is often only a page that was asleep

  const state = document.getElementById("state");
  const list = document.getElementById("photos");
  const buttons = document.getElementById("buttons");

  let waiting = []; // photos to send, the one under way first
  let arrived = 0;
  let over = false;
  let sending = false;
  const wakes = new Set(); // each ends a pause between two tries

  const wakeAll = () => [...wakes].forEach((wake) => wake());

  class Refused extends Error {}

  const photos = (count) => (count === 1 ? "1 photo" : `${count} photos`);

  function say(words, bad = false) {
    state.textContent = words;
    state.classList.toggle("bad", bad);
  }

  function sayHow() {
    if (over) return;
    if (waiting.length) say(`Sending ${photos(waiting.length)}. Keep this page open.`);
    else if (arrived) say(`${photos(arrived)} arrived on the laptop. Take more, or go back to the laptop.`);
    else say("");
  }

  function end(words) {
    if (over) return;
    over = true;
    buttons.hidden = true;
    const lost = waiting.length ? ` ${photos(waiting.length)} did not arrive: show a new code there and send again.` : "";
    say(`${words} ${photos(arrived)} arrived.${lost}`, waiting.length > 0);
    wakeAll();
  }

  async function call(method, path, { headers = {}, body, within = CALL_MS } = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), within);
    try {
      const answer = await fetch(path, {
        method, headers, body, signal: stop.signal, cache: "no-store", credentials: "same-origin", redirect: "error",
        referrerPolicy: "same-origin", // some browsers hide where a request comes from together with the referrer
      });
      const words = await answer.text();
      return { status: answer.status, words, header: (name) => answer.headers.get(name) };
    } finally {
      clearTimeout(timer);
    }
  }

  function pause(ms) {
    return new Promise((resolve) => {
      const wake = () => { clearTimeout(timer); wakes.delete(wake); resolve(); };
      const timer = setTimeout(wake, ms * (0.5 + Math.random() / 2));
      wakes.add(wake);
    });
  }

  // Something may have changed: the link is back, or the person looks at the page again.
  const tryNow = () => { if (!document.hidden) wakeAll(); };
  addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", tryNow);
  addEventListener("beforeunload", (event) => { if (waiting.length && !over) event.preventDefault(); });

  // A number that must be there; an answer without it comes from somebody else.
  function offsetOf(answer) {
    const offset = Number.parseInt(answer.header("Upload-Offset"), 10);
    if (!(offset >= 0)) throw new Error("no offset");
    return offset;
  }

  async function begin(file) {
    const answer = await call("POST", "photos", { headers: { "Upload-Length": String(file.size) } });
    if (answer.status === 201) return answer.header("Location");
    throw new Refused(answer.words || `The laptop did not take it (${answer.status}).`);
  }

  async function readPiece(file, offset) {
    try {
      return await file.slice(offset, offset + PIECE_BYTES).arrayBuffer();
    } catch {
      throw new Refused("The phone cannot read this photo any more. Take it again.");
    }
  }

  async function sendPiece(where, file, offset) {
    const piece = await readPiece(file, offset);
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const answer = await call("PATCH", where, { headers, body: piece });
    if (answer.status === 204 || answer.status === 409) return offsetOf(answer);
    throw new Refused(answer.words || `The laptop did not take it (${answer.status}).`);
  }

  async function send(photo) {
    const { file } = photo;
    let where = null, offset = 0, unsure = false, wait = FIRST_PAUSE_MS, failures = 0;
    while (!over) {
      try {
        if (!where) where = await begin(file);
        if (unsure) {
          const answer = await call("HEAD", where);
          if (answer.status === 404 || answer.status === 410) { where = null; offset = 0; unsure = false; continue; }
          offset = offsetOf(answer);
          unsure = false;
        }
        photo.show(offset);
        if (offset >= file.size) return;
        const before = offset;
        offset = await sendPiece(where, file, offset);
        if (failures) { failures = 0; sayHow(); }
        if (offset > before) wait = FIRST_PAUSE_MS;
      } catch (error) {
        if (error instanceof Refused || over) throw error;
        unsure = where !== null;
        failures += 1;
        if (failures >= AWAY_AFTER) sayAway();
        await pause(wait);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  function sayAway() {
    if (!over) say("The laptop does not answer. Is its screen with the code still open, and the phone in its network? Trying on ...", true);
  }

  async function sendAll() {
    if (sending) return;
    sending = true;
    while (waiting.length && !over) {
      const photo = waiting[0];
      try {
        await send(photo);
        if (over) break;
        photo.done();
        arrived += 1;
      } catch (error) {
        if (over) break;
        photo.refused(error instanceof Refused ? error.message : "It could not be sent. Take it again.");
      }
      waiting.shift();
      sayHow();
    }
    sending = false;
  }

  function line(file, number) {
    const row = document.createElement("li");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", `Photo ${number}`);
    words.textContent = `Photo ${number}: waits`;
    row.append(words, bar);
    list.prepend(row);
    return {
      file,
      show(offset) { bar.value = offset; words.textContent = `Photo ${number}: ${Math.floor((100 * offset) / bar.max)} %`; },
      done() { bar.remove(); words.textContent = `Photo ${number}: arrived`; },
      refused(why) { bar.remove(); words.textContent = `Photo ${number}: ${why}`; words.className = "bad"; },
    };
  }

  let count = 0;
  function take(event) {
    for (const file of event.target.files) {
      count += 1;
      const photo = line(file, count);
      if (file.size) waiting.push(photo);
      else photo.refused("It is empty. Take it again.");
    }
    event.target.value = ""; // so that the same picture can be chosen again
    sayHow();
    sendAll();
  }

  // Hear at once when the screen on the laptop closes.
  async function watch() {
    let wait = FIRST_PAUSE_MS, failures = 0;
    while (!over) {
      try {
        const answer = await call("GET", "open", { within: WATCH_MS });
        if (answer.status === 410 || answer.status === 403 || answer.status === 404) return end(answer.words || "The screen on the laptop was closed.");
        if (failures) { failures = 0; sayHow(); }
        wait = FIRST_PAUSE_MS;
      } catch {
        failures += 1;
        if (failures >= AWAY_AFTER) sayAway();
        await pause(wait);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  async function start() {
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        const answer = await call("POST", "hello");
        if (answer.status !== 204) { over = true; say(answer.words || "The screen on the laptop was closed.", true); return; }
        break;
      } catch {
        sayAway();
        await pause(wait);
      }
    }
    buttons.hidden = false;
    sayHow();
    for (const id of ["camera", "album"]) document.getElementById(id).addEventListener("change", take);
    watch();
  }

  start();
})();
