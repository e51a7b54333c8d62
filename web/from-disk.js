// A classic script, which browsers run where they refuse index.html its modules, and with them everything.
//
// Opened by a double click, it says what to do instead. In a frame without an origin of its own (sandbox without
// allow-same-origin) the page that is one file still works: lstm-lab.js leads there, if both are beside this page.

if (location.protocol === "file:") {
  document.getElementById("from-disk").hidden = false;
  document.querySelector(".not-started").remove();      // which speaks of frames
} else if (self.origin === "null") {
  const way = document.createElement("script");
  way.src = "lstm-lab.js";
  document.head.append(way);
}
