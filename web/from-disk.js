// index.html opened by a double click. Browsers refuse such a page its modules, and with them everything; a classic script
// like this one they run, so that it can say what to do instead.

if (location.protocol === "file:") document.getElementById("from-disk").hidden = false;
