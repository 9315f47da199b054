// Shows a notice when the parts of a page can no longer be updated, so that the page does not look current.
"use strict";
(function () {
  function stale(text) {
    const notice = document.getElementById("stale");
    notice.textContent = text;
    notice.hidden = false;
  }
  document.addEventListener("htmx:sendError", () => stale("Errand does not answer: this page is no longer updated."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 499 || status === 401) {
      // The log-in has expired: reloading redirects the page to the provider.
      window.location.reload();
    } else {
      stale("This page can't be updated at the moment (status " + status + ").");
    }
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful !== false && event.detail.xhr.status < 400) {
      document.getElementById("stale").hidden = true;
    }
  });
})();
