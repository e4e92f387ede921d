import { LRUCache } from 'lru-cache';

/**
 * A cache of so many values, of which the least recently used gives way. It grows as it fills: given `max`, `lru-cache`
 * would allot the room for all of them at once, though few applications ever need it.
 */
export const recent = <V extends object>(max: number): LRUCache<string, V> =>
  new LRUCache({ maxSize: max, sizeCalculation: () => 1 });
