// The pages that take files work without this file. With it the page of evidence sends the chosen files at once, one
// after the other, and a message goes with its files in one piece; each with its progress, and tried again where the
// connection breaks. What became of them is read from the page the server answers with, so that it is told in one place
// and one language.
(function () {
  "use strict";
  if (!window.FormData || !window.XMLHttpRequest || !("content" in document.createElement("template")))
    return;
  var adding = document.querySelector("form[data-upload]");
  if (adding) addFiles(adding, linesOf(adding));
  var message = document.querySelector("form[data-send-files]");
  if (message) sendMessage(message);

  // The lines of what is on its way, and what is read out of them.
  function linesOf(form) {
    var input = form.querySelector('input[type="file"]');
    var queue = form.querySelector("[data-upload-queue]");
    var line = form.querySelector("[data-upload-line]");
    var said = form.querySelector("[data-upload-said]");
    return {
      input: input,
      queue: queue,
      words: JSON.parse(input.getAttribute("data-words")),
      most: Number(input.getAttribute("data-most")),
      say: function (text) {
        said.textContent = text;
      },
      make: function (name, again) {
        var item = document.importNode(line.content, true).firstElementChild;
        item.querySelector("[data-name]").textContent = name;
        queue.appendChild(item);
        queue.hidden = false;
        var one = { name: name, item: item, tries: 0 };
        item.querySelector("[data-retry]").addEventListener("click", function () {
          one.tries = 0;
          item.querySelector("[data-retry]").hidden = true;
          item.querySelector("progress").hidden = false;
          again(one);
        });
        return one;
      },
      tell: tell,
      drop: function (one) {
        queue.removeChild(one.item);
        queue.hidden = queue.children.length === 0;
      },
      giveUp: function (one, text, again) {
        tell(one, text, "refused");
        said.textContent = one.name + " " + text;
        one.item.querySelector("progress").hidden = true;
        one.item.querySelector("[data-retry]").hidden = !again;
      },
    };
  }

  function tell(one, text, state) {
    one.item.querySelector("[data-state]").textContent = text;
    if (state) one.item.setAttribute("data-state", state);
    else one.item.removeAttribute("data-state");
  }

  // Posts to this page. `answered` gets the request; `lost` is told when three tries have failed.
  function post(lines, one, body, answered, lost) {
    var words = lines.words;
    var bar = one.item.querySelector("progress");
    one.tries += 1;
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
      if (!answered(request)) lose();
    };
    request.onerror = request.ontimeout = lose;
    tell(one, words.sending.replace("%d", "0"));
    request.send(body());

    function lose() {
      bar.value = 0;
      if (one.tries < 3) {
        tell(one, words.retrying);
        lines.say(one.name + " " + words.retrying);
        window.setTimeout(function () {
          post(lines, one, body, answered, lost);
        }, one.tries * 1500);
        return;
      }
      lines.giveUp(one, words.lost, true);
      lost();
    }
  }

  // A message and its files are one post: its page takes the place of this one, as after any other post.
  function sendMessage(form) {
    var lines = linesOf(form);
    var busy = false;
    form.addEventListener("submit", function (event) {
      var button = event.submitter;
      if (busy) return event.preventDefault();
      if (!button || button.value !== "message" || lines.input.files.length === 0) return;
      event.preventDefault();
      while (lines.queue.firstChild) lines.queue.removeChild(lines.queue.firstChild);
      lines.queue.hidden = true;
      var files = Array.prototype.slice.call(lines.input.files);
      var tooLarge = files.filter(function (file) {
        return file.size > lines.most;
      });
      if (tooLarge.length > 0) {
        tooLarge.forEach(function (file) {
          lines.giveUp(lines.make(file.name, send), lines.words.tooLarge, false);
        });
        lines.input.focus();
        return;
      }
      var names = files.map(function (file) {
        return file.name;
      });
      send(lines.make(names.join(" · "), send));
    });

    function send(one) {
      busy = true;
      post(
        lines,
        one,
        function () {
          // In the page's order: the token stands before the files.
          var body = new FormData(form);
          body.append("intent", "message");
          return body;
        },
        turnTo,
        function () {
          busy = false;
        },
      );
    }

    function turnTo(request) {
      var page = request.response;
      var main = page && page.querySelector("main");
      if (!main || request.status >= 500) return false;
      var old = document.querySelector("main");
      document.title = page.title;
      old.parentNode.replaceChild(document.importNode(main, true), old);
      window.scrollTo(0, 0);
      var first =
        document.querySelector("[data-error-summary]") || document.querySelector('main [role="status"]');
      if (first) {
        first.tabIndex = -1;
        first.focus();
      }
      var next = document.querySelector("form[data-send-files]");
      if (next) sendMessage(next);
      return true;
    }
  }

  function addFiles(form, lines) {
    var input = lines.input;
    var queue = lines.queue;
    var words = lines.words;
    var waiting = [];
    var busy = false;
    var goOn = null;

    form.querySelector("[data-upload-button]").hidden = true;

    function add(one) {
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
        lines.say(words.done);
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
      post(
        lines,
        one,
        function () {
          var body = new FormData();
          body.append("intent", "upload");
          body.append("by", "script");
          body.append("files", one.file, one.file.name);
          return body;
        },
        function (request) {
          var page = request.response;
          var list = page && page.querySelector("[data-files]");
          if (list) {
            var old = document.querySelector("[data-files]");
            old.parentNode.replaceChild(document.importNode(list, true), old);
            lines.drop(one);
            lines.say(lastWord(one.file.name));
            finish();
            return true;
          }
          // Another page: the draft is gone or was sent elsewhere. Its own words tell.
          if (page && request.status >= 200 && request.status < 300 && request.responseURL) {
            window.location.assign(request.responseURL);
            return true;
          }
          // The report was sent from another tab: the page says so, and names what is not added.
          var late = page && page.querySelector("[data-already-sent]");
          if (late) {
            tellLate(page, one);
            return true;
          }
          // No draft to put it in: the receipt is asked for.
          if (page && page.querySelector('form[action="/report/resume"]')) {
            window.location.assign("/report/resume");
            return true;
          }
          return false;
        },
        finish,
      );
    }

    function tellLate(page, one) {
      var names = Array.prototype.slice
        .call(queue.querySelectorAll("[data-name]"))
        .map(function (name) {
          return name.textContent;
        })
        .filter(function (name) {
          return name !== one.name;
        });
      var old = document.querySelector("main");
      var main = document.importNode(page.querySelector("main"), true);
      names.forEach(function (name) {
        var item = document.createElement("li");
        item.textContent = name;
        main.querySelector("[data-not-added]").appendChild(item);
      });
      document.title = page.title;
      old.parentNode.replaceChild(main, old);
      window.scrollTo(0, 0);
      main.focus();
    }

    function finish() {
      busy = false;
      next();
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
        var one = lines.make(file.name, add);
        one.file = file;
        if (file.size > lines.most) lines.giveUp(one, words.tooLarge, false);
        else add(one);
      });
    });

    form.addEventListener("submit", function (event) {
      if (!busy && waiting.length === 0) return;
      // Pressed while files are on their way: it is done as soon as they are in.
      event.preventDefault();
      goOn = event.submitter || null;
    });
  }
})();
