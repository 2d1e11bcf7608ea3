// Does the work asked before a report is sent, off the page's own thread: tries counters until the derived key begins
// as asked (altcha's deterministic challenge, PBKDF2/SHA-256). Nothing leaves the browser but the counter found.
"use strict";
function bytes(hex) {
  var out = new Uint8Array(hex.length / 2);
  for (var at = 0; at < out.length; at += 1) out[at] = parseInt(hex.substr(at * 2, 2), 16);
  return out;
}
function hex(buffer) {
  return Array.prototype.map
    .call(new Uint8Array(buffer), function (byte) {
      return (byte < 16 ? "0" : "") + byte.toString(16);
    })
    .join("");
}
self.onmessage = function (event) {
  var asked = event.data.parameters;
  var nonce = bytes(asked.nonce);
  var salt = bytes(asked.salt);
  var password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  var view = new DataView(password.buffer);
  function attempt(counter) {
    view.setUint32(nonce.length, counter, false);
    return crypto.subtle
      .importKey("raw", password, "PBKDF2", false, ["deriveBits"])
      .then(function (key) {
        return crypto.subtle.deriveBits(
          { name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: asked.cost },
          key,
          asked.keyLength * 8,
        );
      })
      .then(function (derived) {
        var found = hex(derived);
        if (found.indexOf(asked.keyPrefix) !== 0) return attempt(counter + 1);
        self.postMessage({ counter: counter, derivedKey: found });
      });
  }
  void attempt(0);
};
