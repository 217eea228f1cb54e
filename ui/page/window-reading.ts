import { useEffect, useState } from 'preact/hooks';

/** What `read` says of the browser's window now, and again whenever this event of it comes. */
export function useWindowReading<T>(event: 'hashchange' | 'resize', read: () => T): T {
  const [reading, setReading] = useState(read);
  useEffect(() => {
    const listen = () => setReading(read);
    addEventListener(event, listen);
    return () => removeEventListener(event, listen);
  }, []);
  return reading;
}
