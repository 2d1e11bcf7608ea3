// The page of evidence works without this file. With it the chosen files are sent at once, one after the other, each
// with its progress; a file whose connection breaks is tried again, and the others are kept. What became of each is
// read from the page the server answers with, so that there is one list in one language.
(function () {
  "use strict";
  var form = document.querySelector("form[data-upload]");
  var input = form && form.querySelector('input[type="file"]');
  if (
    !input ||
    !window.FormData ||
    !window.XMLHttpRequest ||
    !("content" in document.createElement("template"))
  )
    return;
  var words = JSON.parse(input.getAttribute("data-words"));
  var most = Number(input.getAttribute("data-most"));
  var queue = form.querySelector("[data-upload-queue]");
  var line = form.querySelector("[data-upload-line]");
  var said = form.querySelector("[data-upload-said]");
  var waiting = [];
  var busy = false;
  var goOn = null;

  form.querySelector("[data-upload-button]").hidden = true;

  function say(text) {
    said.textContent = text;
  }

  function makeLine(file) {
    var item = document.importNode(line.content, true).firstElementChild;
    item.querySelector("[data-name]").textContent = file.name;
    queue.appendChild(item);
    queue.hidden = false;
    var one = { file: file, item: item, tries: 0 };
    item.querySelector("[data-retry]").addEventListener("click", function () {
      one.tries = 0;
      add(one);
    });
    return one;
  }

  function tell(one, text, state) {
    one.item.querySelector("[data-state]").textContent = text;
    if (state) one.item.setAttribute("data-state", state);
    else one.item.removeAttribute("data-state");
  }

  function drop(one) {
    queue.removeChild(one.item);
    queue.hidden = queue.children.length === 0;
  }

  function add(one) {
    one.item.querySelector("[data-retry]").hidden = true;
    one.item.querySelector("progress").hidden = false;
    tell(one, words.waiting);
    waiting.push(one);
    next();
  }

  function next() {
    if (busy) return;
    var one = waiting.shift();
    if (one) return send(one);
    if (queue.children.length === 0) {
      if (goOn) return leave();
      say(words.done);
    }
    // A file waits to be tried again: the page stays.
    goOn = null;
  }

  function leave() {
    var button = goOn;
    goOn = null;
    input.value = "";
    button.click();
  }

  function send(one) {
    busy = true;
    one.tries += 1;
    var bar = one.item.querySelector("progress");
    var request = new XMLHttpRequest();
    request.open("POST", window.location.pathname + window.location.search);
    request.responseType = "document";
    request.upload.onprogress = function (event) {
      if (!event.lengthComputable) return;
      var percent = Math.floor((event.loaded / event.total) * 100);
      bar.value = percent;
      tell(one, percent < 100 ? words.sending.replace("%d", String(percent)) : words.saving);
    };
    request.onload = function () {
      var page = request.response;
      var list = page && page.querySelector("[data-files]");
      if (list) {
        var old = document.querySelector("[data-files]");
        old.parentNode.replaceChild(document.importNode(list, true), old);
        drop(one);
        say(lastWord(one.file.name));
        return finish();
      }
      // Another page: the draft is gone or was sent elsewhere. Its own words tell.
      if (page && request.status >= 200 && request.status < 300 && request.responseURL) {
        window.location.assign(request.responseURL);
        return;
      }
      lose(one);
    };
    request.onerror = request.ontimeout = function () {
      lose(one);
    };
    var body = new FormData();
    body.append("intent", "upload");
    body.append("by", "script");
    body.append("files", one.file, one.file.name);
    tell(one, words.sending.replace("%d", "0"));
    request.send(body);
  }

  function finish() {
    busy = false;
    next();
  }

  function lose(one) {
    one.item.querySelector("progress").value = 0;
    if (one.tries < 3) {
      tell(one, words.retrying);
      say(one.file.name + " " + words.retrying);
      window.setTimeout(function () {
        send(one);
      }, one.tries * 1500);
      return;
    }
    giveUp(one, words.lost, true);
    finish();
  }

  function giveUp(one, text, again) {
    tell(one, text, "refused");
    say(one.file.name + " " + text);
    one.item.querySelector("progress").hidden = true;
    one.item.querySelector("[data-retry]").hidden = !again;
  }

  function lastWord(name) {
    var rows = document.querySelectorAll("[data-files] [data-name]");
    for (var at = rows.length - 1; at >= 0; at -= 1) {
      if (rows[at].getAttribute("data-name") === name) return rows[at].firstElementChild.textContent;
    }
    return name;
  }

  input.addEventListener("change", function () {
    // Those tried in vain make way for a new choice.
    Array.prototype.slice.call(queue.children).forEach(function (item) {
      if (item.getAttribute("data-state") === "refused") queue.removeChild(item);
    });
    var chosen = Array.prototype.slice.call(input.files);
    input.value = "";
    chosen.forEach(function (file) {
      var one = makeLine(file);
      if (file.size > most) giveUp(one, words.tooLarge, false);
      else add(one);
    });
  });

  form.addEventListener("submit", function (event) {
    if (!busy && waiting.length === 0) return;
    // Pressed while files are on their way: it is done as soon as they are in.
    event.preventDefault();
    goOn = event.submitter || null;
  });
})();
