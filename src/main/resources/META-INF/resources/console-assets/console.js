// A page must not look alive when its parts are no longer renewed.
"use strict";
(function () {
  function stale(text) {
    const notice = document.getElementById("stale");
    notice.textContent = text;
    notice.hidden = false;
  }
  document.addEventListener("htmx:sendError", () => stale("Errand does not answer: what you see is no longer renewed."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 499 || status === 401) {
      // The log-in has run out: the page itself is led to the provider.
      window.location.reload();
    } else {
      stale("What you see can't be renewed at the moment (status " + status + ").");
    }
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful !== false && event.detail.xhr.status < 400) {
      document.getElementById("stale").hidden = true;
    }
  });
})();
