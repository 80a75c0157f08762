/* Dark or light for Tabler where the person left the choice to the machine.
   A plain script in the head: it must run before the first paint. */
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.dataset.theme === "auto") {
      root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
    }
  };
  follow();
  dark.addEventListener("change", follow);
})();
