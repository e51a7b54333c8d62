// Cells too small to be filled one by one: a large picture has 100,000, and a call for each would keep the page busy for 200 ms. Each is
// one pixel of a small image, which is enlarged; the gaps between them are cut out afterwards.

/**
 * @param grid   {T, rows, column, rowHeight, groupY, across, down}: how many cells, their sizes with their gaps, and the gaps
 * @param fill   fill(pixels, at, t, unit) puts red, green, blue and opacity there, each 0 to 255
 */
export function paintFine(context, { T, rows, column, rowHeight, groupY, across, down }, fill) {
  const image = new ImageData(T, rows);
  for (let unit = 0, at = 0; unit < rows; unit += 1) for (let t = 0; t < T; t += 1, at += 4) fill(image.data, at, t, unit);
  const small = document.createElement("canvas");
  [small.width, small.height] = [T, rows];
  small.getContext("2d").putImageData(image, 0, 0);
  const [width, height] = [T * column, rows * rowHeight];
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, groupY, width, height);
  context.globalCompositeOperation = "destination-out";
  context.fillStyle = "#000";
  for (let t = 0; t <= T; t += 1) context.fillRect(t * column - across / 2, groupY, across, height);
  for (let unit = 0; unit <= rows; unit += 1) context.fillRect(0, groupY + unit * rowHeight - down / 2, width, down);
  context.restore();
}
