"use strict";
// The part of Facebook's JavaScript SDK that an embedded signup calls: FB.init and FB.login.

(() => {
  const home = new URL(document.currentScript.src).origin;
  const locale = new URL(document.currentScript.src).pathname.split("/")[1];
  let facts = {};

  function init(wish) {
    facts = wish;
  }

  function login(callback, options = {}) {
    const query = new URLSearchParams({
      client_id: facts.appId || "",
      config_id: options.config_id || "",
      response_type: options.response_type || "code",
      extras: JSON.stringify(options.extras || {}),
      origin: location.origin,
      locale: /_/.test(locale) ? locale : document.documentElement.lang || "en",
      display: "popup",
    });
    const version = facts.version || "v26.0";
    const popup = window.open(`${home}/${version}/dialog/oauth?${query}`, "_blank", "popup,width=480,height=640");
    const finish = (code) => {
      window.removeEventListener("message", heard);
      clearInterval(watch);
      callback(
        code
          ? { status: "connected", authResponse: { code, expiresIn: null, userID: null } }
          : { status: "unknown", authResponse: null },
      );
    };
    const heard = (event) => {
      if (event.origin === home && event.data && event.data.type === "EMULATOR_LOGIN") {
        finish(event.data.code);
      }
    };
    // A window is seen to be closed before its last words arrive: the second look ends the wait.
    let closed = false;
    const watch = setInterval(() => {
      if (closed) {
        finish(null);
      }
      closed = Boolean(popup && popup.closed);
    }, 500);
    window.addEventListener("message", heard);
  }

  window.FB = { init, login };
  if (typeof window.fbAsyncInit === "function") {
    window.fbAsyncInit();
  }
})();
