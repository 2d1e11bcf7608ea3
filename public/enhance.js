// The citizen's side works without this file. With it: Esc three times leaves, a long form warns of nothing lost,
// the receipt can be copied and printed, and the work asked before sending is done while the answers are read.
(function () {
  "use strict";
  var presses = [];
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.isComposing) return;
    var now = Date.now();
    presses = presses.filter(function (at) {
      return now - at < 1500;
    });
    presses.push(now);
    if (presses.length < 3) return;
    var exit = document.querySelector("[data-quick-exit]");
    if (exit) window.location.replace(exit.getAttribute("href"));
  });
  document.querySelectorAll("[data-needs-script]").forEach(function (element) {
    element.hidden = false;
  });
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.addEventListener("click", function () {
      var source = document.getElementById(button.getAttribute("data-copy"));
      if (!source || !navigator.clipboard) return;
      navigator.clipboard.writeText(source.textContent.replace(/\s+/g, " ").trim()).then(function () {
        button.textContent = button.getAttribute("data-copied");
      });
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () {
      window.print();
    });
  });
  // Begun at once and never waited for: where it is not done in time, the page asks its small question instead.
  var work = document.querySelector("[data-work]");
  if (work && window.Worker && window.crypto && window.crypto.subtle) {
    try {
      var worker = new Worker(work.getAttribute("data-work"));
      worker.onmessage = function (event) {
        document.getElementById(work.getAttribute("data-solution")).value = JSON.stringify(event.data);
        worker.terminate();
      };
      worker.postMessage(JSON.parse(work.value));
    } catch (ignored) {
      // A browser that forbids workers asks the question.
    }
  }
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
