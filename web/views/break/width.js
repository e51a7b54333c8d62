// How wide an element is, followed while it changes.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

export function useWidth(otherwise = 640) {
  const element = useRef(null);
  const [width, setWidth] = useState(otherwise);
  // Before it is seen for the first time: nothing is drawn wider than its place, not even for a moment.
  useLayoutEffect(() => {
    setWidth(element.current.clientWidth || otherwise);
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
