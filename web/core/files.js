// Files that leave the page, and the text of one that comes to it.

const LARGEST = 2_000_000;                              // bytes; an experiment is a thousandth of it

/** Hand a blob to the browser as a file. */
export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  (document.querySelector("dialog[open]") ?? document.body).append(link);
  link.click();
  link.remove();
  // The browser reads it after this; WebKit a good while after.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Whether the pages around this one let it save files: true, false, or null where they may not be asked. */
export function mayDownload() {
  for (let inner = window; inner !== inner.parent; inner = inner.parent) {
    let frame = null;
    try { frame = inner.frameElement; } catch { /* one of another host, further out */ }
    if (!frame) return null;
    if (frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-downloads")) return false;
  }
  return true;
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The text of a file, or null if it is too large to be meant. */
export const textOf = (file) => (file.size > LARGEST ? Promise.resolve(null) : file.text());

/** An SVG document as the bytes of a PNG picture, `scale` pixels for each of its own. */
export async function pngOf(svg, scale = 2) {
  const picture = new Image();
  // Of an address that holds everything, no browser thinks that it could give another site's secrets away.
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth * scale;
  canvas.height = picture.naturalHeight * scale;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  if (!blob) throw new Error("canvas");
  return blob;
}
