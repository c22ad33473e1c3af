// Shows the state of a status page where this script stands:
//   <script src="https://status.acme.example/widget.js" async></script>
"use strict";
(() => {
  const script = document.currentScript;
  const show = (answer) => {
    const link = document.createElement("a");
    link.href = answer.page.url;
    link.textContent = `${answer.page.name}: ${answer.status.description}`;
    link.dataset.indicator = answer.status.indicator;
    script.replaceWith(link);
  };
  fetch(new URL("api/v2/status.json", script.src)).then((answer) => answer.json()).then(show, () => {});
})();
