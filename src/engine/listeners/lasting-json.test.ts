import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastingList } from './lasting-json';

it('a lasting list reads as any other list does, the first time and again', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), (members) => {
      const plain = `${JSON.stringify(members)}\n`;
      expect(lastingList(members).toString()).toBe(plain);
      expect(lastingList(members).toString()).toBe(plain);
    }),
  );
});
