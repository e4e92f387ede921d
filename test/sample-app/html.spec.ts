import { html } from '../../sample-app/pages/html.js';

describe('a template', () => {
  it('escapes what is put into it, in text and in attributes', () => {
    const evil = `<script>"&'</script>`;
    expect(html`<a title="${evil}">${evil}</a>`.toString()).toBe(
      '<a title="&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;">&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;</a>',
    );
  });

  it('leaves HTML of its own as it is, also in lists', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
    expect(
      html`<ul>
        ${items}
      </ul>`.toString(),
    ).toMatch(/^<ul>\s*<li>a<\/li><li>&lt;<\/li>\s*<\/ul>$/);
  });

  it('prints nothing for what is left out, and numbers as they are', () => {
    expect(html`${false}${undefined}${0}${[]}${''}`.toString()).toBe('0');
  });
});
