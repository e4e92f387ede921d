import fc from 'fast-check';

/** Text of any UTF-16 units, lone surrogates too. fast-check's own `binary` takes a second to begin with. */
export const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});
