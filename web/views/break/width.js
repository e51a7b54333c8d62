// How wide an element is, followed while it changes.

import { useEffect, useRef, useState } from "preact/hooks";

export function useWidth(otherwise = 640) {
  const element = useRef(null);
  const [width, setWidth] = useState(otherwise);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
