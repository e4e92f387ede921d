import { dropMistyped, LINK_FIELDS, TOKEN_FIELDS } from '../../lib/auth/response-fields.js';

const TOKEN = {
  token: 'TOK',
  expires: '2027-07-14T10:20:30Z',
  sms: false,
  phoneNoise: '+1234*6789',
  tfa: true,
  tfaKey: 'MFRGGRCFIYYTEMZU',
  confirmUrl: 'https://portal.example.com/confirm',
};
const LINK = { result: 0, roomId: '7', title: 'A room', email: 'ann@example.com', isAgent: false };

describe.each<[of: string, fields: Parameters<typeof dropMistyped>[1], response: Record<string, unknown>]>([
  ['a login', TOKEN_FIELDS, TOKEN],
  ['a checked link', LINK_FIELDS, LINK],
])('the answer of %s', (_, fields, response) => {
  const left = (given: Record<string, unknown>): Record<string, unknown> => {
    const answer = { ...given };
    dropMistyped(answer, fields);
    return answer;
  };

  it('keeps every field that is of its type, and what is not known', () => {
    expect(left({ ...response, more: [1] })).toStrictEqual({ ...response, more: [1] });
    expect(left({})).toStrictEqual({});
  });

  it.each(Object.entries(response))('loses %s where it is of another type', (name, value) => {
    const { [name]: _lost, ...rest } = response;
    for (const other of [null, undefined, {}, [], typeof value === 'string' ? 7 : 'text'])
      expect(left({ ...response, [name]: other })).toStrictEqual(rest);
  });
});
