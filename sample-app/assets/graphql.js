// The GraphQL page: sends an operation and shows the answer; the session cookie goes along.
import { createClient } from '/assets/graphql-ws/client.js';

const { document, location } = globalThis;
const client = createClient({ url: `${location.origin.replace(/^http/, 'ws')}/graphql`, retryAttempts: 0 });

/** Queries and mutations: one request, one answer. */
async function ask(query, show) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  show(`HTTP ${response.status}`, await response.json());
}

/** A subscription: answers come until the connection is closed. */
function listen(query, show) {
  show('Listening');
  return client.subscribe(
    { query },
    {
      next: (answer) => show('Heard', answer),
      error: (error) => (Array.isArray(error) ? show('Refused', error) : show(`Closed: ${error.code} ${error.reason}`)),
      complete: () => undefined,
    },
  );
}

document.querySelectorAll('.operation').forEach((operation) => {
  const query = operation.querySelector('code').textContent;
  const answer = operation.querySelector('pre');
  const show = (status, body) => {
    answer.textContent = body === undefined ? status : `${status}\n${JSON.stringify(body, null, 2)}`;
  };
  let stop;
  operation.querySelector('button').addEventListener('click', () => {
    stop?.();
    if (query.startsWith('subscription')) stop = listen(query, show);
    else ask(query, show).catch(() => show('No answer'));
  });
});
document.querySelector('[data-unscripted]').remove();
document.querySelector('[data-scripted]').hidden = false;
