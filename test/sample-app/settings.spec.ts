import { Settings } from '../../sample-app/settings.js';

describe('the settings of the sample', () => {
  it('have defaults for everything', () => {
    expect(Settings.from({})).toEqual(new Settings(3000, '127.0.0.1', undefined, undefined));
  });

  it('come from the environment', () => {
    const environment = {
      PORT: '80',
      HOST: '0.0.0.0',
      DOCSPACE_URL: ' https://docspace.example.com ',
      DOCSPACE_SECRET: 'x'.repeat(32),
    };
    expect(Settings.from(environment)).toEqual(
      new Settings(80, '0.0.0.0', 'https://docspace.example.com', 'x'.repeat(32)),
    );
  });

  it.each(['http', '65536', '-1', '1.5'])('refuse PORT=%s', (PORT) => {
    expect(() => Settings.from({ PORT })).toThrow('PORT');
  });
});
