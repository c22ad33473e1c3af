// Shows times in the reader's zone. The page is whole without it.
"use strict";
const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
for (const time of document.querySelectorAll("time[datetime*=T]")) {
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}
